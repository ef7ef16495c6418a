package dev.decant.data;

/**
 * How a {@link Loader} goes through a data set.
 *
 * @param batchSize images a batch
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

    private static void requirePositive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException("loader: " + name + " must be at least 1, got " + value);
        }
    }
}
