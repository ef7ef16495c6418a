package dev.decant.data;

import dev.decant.DataException;
import java.util.Arrays;

/**
 * How a {@link Loader} goes through a data set.
 *
 * @param batchSize examples a batch
 * @param seed of the order and of all augmentation
 * @param shuffle whether each epoch has its own order; else the data's
 * @param dropLast whether an incomplete last batch is left out
 * @param workers threads that decode and augment
 * @param prefetch batches that are made or being made ahead of the step
 */
public record LoaderOptions(int batchSize, long seed, boolean shuffle, boolean dropLast, int workers, int prefetch) {

    public LoaderOptions {
        requirePositive("batch size", batchSize);
        requirePositive("workers", workers);
        requirePositive("prefetch", prefetch);
    }

    /** Shuffled, whole batches only. */
    public static LoaderOptions training(int batchSize, long seed) {
        return new LoaderOptions(batchSize, seed, true, true, defaultWorkers(), defaultWorkers() + 2);
    }

    /** In the data's order, every image once. */
    public static LoaderOptions evaluation(int batchSize) {
        return new LoaderOptions(batchSize, 0, false, false, defaultWorkers(), defaultWorkers() + 2);
    }

    /** Half the processors, one at least and eight at most: the others compute. */
    private static int defaultWorkers() {
        return Math.max(1, Math.min(8, Runtime.getRuntime().availableProcessors() / 2));
    }

    /** There is at least one example, and a whole batch where no other is given out. */
    public void requireExamples(int size, String what) {
        if (size == 0) {
            throw new DataException("the data set is empty");
        }
        if (dropLast && size < batchSize) {
            throw new DataException("the data set has " + size + " " + what + ", fewer than one batch of " + batchSize);
        }
    }

    /** How many batches a pass over that many examples has. */
    public int batches(int size) {
        int whole = size / batchSize;
        return dropLast || size % batchSize == 0 ? whole : whole + 1;
    }

    /** The order of an epoch. */
    public int[] order(int size, int epoch) {
        if (shuffle) {
            return Seeds.permutation(size, seed, epoch);
        }
        int[] order = new int[size];
        Arrays.setAll(order, i -> i);
        return order;
    }

    /** The batches that an order makes. */
    public int[][] cut(int[] order) {
        int[][] batches = new int[batches(order.length)][];
        Arrays.setAll(
                batches, i -> Arrays.copyOfRange(order, i * batchSize, Math.min(order.length, (i + 1) * batchSize)));
        return batches;
    }

    private static void requirePositive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException("loader: " + name + " must be at least 1, got " + value);
        }
    }
}
