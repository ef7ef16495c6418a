package dev.decant.data;

import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/**
 * Makes batches of a data set on worker threads, ahead of the step that uses them.
 *
 * <p>Order and augmentation depend on seed, epoch and the place in the epoch, never on threads or timing: two runs,
 * and a run resumed in the middle of an epoch, see the same numbers.
 */
public final class Loader {

    private static final long MIXING = -2;

    private final ImageDataset data;
    private final Augment augment;
    private final LoaderOptions options;
    private final AtomicLong waitedNanos = new AtomicLong();

    public Loader(ImageDataset data, Augment augment, LoaderOptions options) {
        if (data.size() == 0) {
            throw new DataException("the data set is empty");
        }
        if (options.dropLast() && data.size() < options.batchSize()) {
            throw new DataException(
                    "the data set has " + data.size() + " images, fewer than one batch of " + options.batchSize());
        }
        this.data = data;
        this.augment = augment;
        this.options = options;
    }

    /** How many batches an epoch has. */
    public int batches() {
        int size = data.size();
        int whole = size / options.batchSize();
        return options.dropLast() || size % options.batchSize() == 0 ? whole : whole + 1;
    }

    public ImageDataset data() {
        return data;
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
        int[] order = order(epoch);
        BlockingQueue<float[]> spare = new ArrayBlockingQueue<>(options.prefetch() + 1);
        Prefetch<PixelBatch> batches = new Prefetch<>(
                batches() - skipBatches,
                i -> make(order, epoch, i + skipBatches, spare),
                options.workers(),
                options.prefetch());
        return new Epoch(this, batches, spare);
    }

    private int[] order(int epoch) {
        if (options.shuffle()) {
            return Seeds.permutation(data.size(), options.seed(), epoch);
        }
        int[] order = new int[data.size()];
        Arrays.setAll(order, i -> i);
        return order;
    }

    private PixelBatch make(int[] order, int epoch, int number, BlockingQueue<float[]> spare) {
        int from = number * options.batchSize();
        int[] indices = Arrays.copyOfRange(order, from, Math.min(order.length, from + options.batchSize()));
        long[] labels = new long[indices.length];
        float[] pixels = new float[0];
        BatchShape shape = new BatchShape(0, 0, 0);
        for (int i = 0; i < indices.length; i++) {
            if (Thread.currentThread().isInterrupted()) {
                throw new DataException("stopped");
            }
            RandomGenerator random = Seeds.random(options.seed(), epoch, from + i);
            Image image = image(indices[i], random);
            if (i == 0) {
                shape = new BatchShape(indices.length, image.height(), image.width());
                pixels = buffer(indices.length * shape.imageLength(), spare);
            }
            requireSize(image, shape, indices[i]);
            augment.normalize(image, pixels, i * shape.imageLength(), random);
            labels[i] = data.label(indices[i]);
        }
        PixelBatch batch = new PixelBatch(shape, pixels, labels, indices);
        Optional<Mix> mix = augment.mix();
        mix.ifPresent(m -> batch.mix(m, data.classes().size(), Seeds.random(options.seed(), epoch, MIXING, number)));
        return batch;
    }

    private Image image(int index, RandomGenerator random) {
        try {
            return augment.apply(data.image(index), random);
        } catch (DataException e) {
            String message = String.valueOf(e.getMessage());
            throw message.contains(data.name(index)) ? e : new DataException(data.name(index) + ": " + message, e);
        } catch (RuntimeException e) {
            throw new DataException(data.name(index) + ": " + e, e);
        }
    }

    private void requireSize(Image image, BatchShape shape, int index) {
        if (image.width() != shape.width() || image.height() != shape.height()) {
            throw new DataException(data.name(index) + ": " + image.width() + " x " + image.height()
                    + " pixels in a batch of " + shape.width() + " x " + shape.height()
                    + "; add a step that makes all images the same size");
        }
    }

    /** An array of exactly the length, used before if there is one: large new arrays are dear. */
    private static float[] buffer(int length, BlockingQueue<float[]> spare) {
        float[] used = spare.poll();
        return used != null && used.length == length ? used : new float[length];
    }

    void addWait(long nanos) {
        waitedNanos.addAndGet(nanos);
    }

    /** Time that consumers have spent waiting for batches, over all epochs. */
    public long waitedNanos() {
        return waitedNanos.get();
    }
}
