package dev.decant.data;

import dev.decant.DataException;
import java.util.Iterator;

/**
 * One pass over a data set, for one consumer, once. Taking a batch copies it to native memory of the scope that is
 * open on the taking thread, so a training loop opens its scope first:
 *
 * <pre>{@code
 * try (Epoch epoch = loader.epoch(0, 0)) {
 *     while (epoch.hasNext()) {
 *         try (Scope step = Scope.open()) {
 *             Batch batch = epoch.next();
 *             ...
 *         }
 *     }
 * }
 * }</pre>
 *
 * <p>Closing before the end stops the workers.
 */
public final class Epoch implements Iterable<Batch>, AutoCloseable {

    private final Prefetch<BatchSource.Prepared> batches;
    private final Loader loader;

    Epoch(Loader loader, Prefetch<BatchSource.Prepared> batches) {
        this.loader = loader;
        this.batches = batches;
    }

    public boolean hasNext() {
        return batches.hasNext();
    }

    /**
     * Takes the next batch, waiting for the workers if they are behind.
     *
     * @throws DataException when an example of the batch cannot be read; names it
     */
    public Batch next() {
        return take().toTensors();
    }

    /** The next batch before it becomes tensors. */
    BatchSource.Prepared take() {
        long before = batches.waitedNanos();
        try {
            return batches.next();
        } finally {
            loader.addWait(batches.waitedNanos() - before);
        }
    }

    /** Time spent waiting for workers in this epoch. */
    public long waitedNanos() {
        return batches.waitedNanos();
    }

    /** Batches one after the other, from where the epoch is; each is taken by the iterator's {@code next}. */
    @Override
    public Iterator<Batch> iterator() {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return Epoch.this.hasNext();
            }

            @Override
            public Batch next() {
                return Epoch.this.next();
            }
        };
    }

    @Override
    public void close() {
        batches.close();
    }
}
