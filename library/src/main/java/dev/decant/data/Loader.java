package dev.decant.data;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Makes batches on worker threads, ahead of the step that uses them.
 *
 * <p>Order and augmentation depend on seed, epoch and the place in the epoch, never on threads or timing: two runs,
 * and a run resumed in the middle of an epoch, see the same numbers.
 */
public final class Loader {

    private final BatchSource source;
    private final LoaderOptions options;
    private final AtomicLong waitedNanos = new AtomicLong();

    /** @param options of which only the number of workers and of batches ahead matter here */
    public Loader(BatchSource source, LoaderOptions options) {
        this.source = source;
        this.options = options;
    }

    /** How many batches an epoch has. */
    public int batches() {
        return source.batches();
    }

    /** How many examples there are. */
    public int size() {
        return source.size();
    }

    /**
     * Starts the workers on one epoch.
     *
     * @param epoch chooses the order and the augmentation
     * @param skipBatches how many batches to leave out at the beginning, as after a resume; they are not decoded
     */
    public Epoch epoch(int epoch, int skipBatches) {
        if (skipBatches < 0 || skipBatches > batches()) {
            throw new IllegalArgumentException(
                    "cannot skip " + skipBatches + " batches of an epoch that has " + batches());
        }
        int[][] plan = source.plan(epoch);
        Prefetch<BatchSource.Prepared> batches = new Prefetch<>(
                plan.length - skipBatches,
                i -> source.prepare(plan[i + skipBatches], epoch, i + skipBatches),
                options.workers(),
                options.prefetch());
        return new Epoch(this, batches);
    }

    void addWait(long nanos) {
        waitedNanos.addAndGet(nanos);
    }

    /** Time that consumers have spent waiting for batches, over all epochs. */
    public long waitedNanos() {
        return waitedNanos.get();
    }
}
