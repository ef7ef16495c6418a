package dev.decant.data;

import dev.decant.DataException;
import dev.decant.tensor.StoppedException;
import java.util.ArrayDeque;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

/**
 * Makes items 0 to n - 1 on worker threads ahead of the thread that takes them, and hands them out in order. For one
 * consumer. Workers end when the last item is made or on {@link #close}.
 *
 * @param <T> what is made: a batch of images, of text, of pairs
 */
final class Prefetch<T> implements AutoCloseable {

    private static final AtomicInteger THREADS = new AtomicInteger();

    private final int count;
    private final IntFunction<T> make;
    private final int ahead;
    private final ExecutorService workers;
    private final Queue<Future<T>> pending = new ArrayDeque<>();
    private int submitted;
    private int taken;
    private long waitedNanos;

    Prefetch(int count, IntFunction<T> make, int workers, int ahead) {
        this.count = count;
        this.make = make;
        this.ahead = ahead;
        this.workers = Executors.newFixedThreadPool(workers, task -> {
            Thread thread = new Thread(task, "decant-loader-" + THREADS.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        fill();
    }

    boolean hasNext() {
        return taken < count;
    }

    /** The next item, waited for if need be; an exception of the worker comes out here. */
    T next() {
        if (!hasNext()) {
            throw new NoSuchElementException("all " + count + " batches have been taken");
        }
        if (workers.isShutdown() && pending.isEmpty()) {
            throw new IllegalStateException("the epoch is closed");
        }
        fill();
        long start = System.nanoTime();
        try {
            T item = pending.remove().get();
            taken++;
            fill();
            return item;
        } catch (InterruptedException e) {
            close();
            Thread.currentThread().interrupt();
            throw new StoppedException("stopped while waiting for data", e);
        } catch (ExecutionException e) {
            close();
            throw rethrown(e);
        } finally {
            waitedNanos += System.nanoTime() - start;
        }
    }

    private static RuntimeException rethrown(ExecutionException e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        if (cause instanceof Error error) {
            throw error;
        }
        return cause instanceof RuntimeException problem ? problem : new DataException(cause.toString(), cause);
    }

    private void fill() {
        while (submitted < count && pending.size() < ahead && !workers.isShutdown()) {
            int index = submitted++;
            pending.add(workers.submit(() -> make.apply(index)));
        }
        if (submitted == count) {
            workers.shutdown();
        }
    }

    /** Time the consumer has spent in {@link #next}. */
    long waitedNanos() {
        return waitedNanos;
    }

    /** Stops the workers, which are interrupted at what they do. */
    @Override
    public void close() {
        workers.shutdownNow();
        pending.forEach(f -> f.cancel(true));
        pending.clear();
    }
}
