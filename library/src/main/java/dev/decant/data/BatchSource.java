package dev.decant.data;

/**
 * Where a {@link Loader} gets its batches: which examples make a batch, and how a worker prepares one.
 *
 * <p>Everything follows from seed, epoch and place in the epoch alone, so that a resumed run sees the same numbers. Safe
 * for many threads.
 */
public interface BatchSource {

    /** How many examples there are. */
    int size();

    /** How many batches an epoch has; the same for each. */
    int batches();

    /** The examples of each batch of an epoch. */
    int[][] plan(int epoch);

    /**
     * Prepares a batch; runs on a worker thread.
     *
     * @param indices one entry of the plan
     * @param number its place in the plan
     */
    Prepared prepare(int[] indices, int epoch, int number);

    /** A batch in Java arrays, as workers make it; becomes tensors on the thread that takes it. */
    interface Prepared {

        /** Copies into native memory of the scope that is open; once. */
        Batch toTensors();
    }
}
