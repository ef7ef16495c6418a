package dev.decant.data.image;

import dev.decant.DataException;
import dev.decant.data.BatchSource;
import dev.decant.data.Loader;
import dev.decant.data.LoaderOptions;
import dev.decant.data.Seeds;
import dev.decant.image.Image;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.random.RandomGenerator;

/** Batches of a data set's images, decoded, augmented and normalized; labels are classes. */
public final class ImageBatches implements BatchSource {

    private static final long MIXING = -2;

    private final ImageDataset data;
    private final Augment augment;
    private final LoaderOptions options;
    private final BlockingQueue<float[]> spare;

    ImageBatches(ImageDataset data, Augment augment, LoaderOptions options) {
        options.requireExamples(data.size(), "images");
        this.data = data;
        this.augment = augment;
        this.options = options;
        spare = new LinkedBlockingQueue<>(options.prefetch() + 1);
    }

    /** Loads batches of images, each prepared by the augmentation. */
    public static Loader loader(ImageDataset data, Augment augment, LoaderOptions options) {
        return new Loader(new ImageBatches(data, augment, options), options);
    }

    @Override
    public int size() {
        return data.size();
    }

    @Override
    public int batches() {
        return options.batches(data.size());
    }

    @Override
    public int[][] plan(int epoch) {
        return options.cut(options.order(data.size(), epoch));
    }

    @Override
    public PixelBatch prepare(int[] indices, int epoch, int number) {
        int from = number * options.batchSize();
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
                pixels = buffer(indices.length * shape.imageLength());
            }
            requireSize(image, shape, indices[i]);
            augment.normalize(image, pixels, i * shape.imageLength(), random);
            labels[i] = data.label(indices[i]);
        }
        PixelBatch batch = new PixelBatch(shape, pixels, labels, indices, spare);
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
    private float[] buffer(int length) {
        float[] used = spare.poll();
        return used != null && used.length == length ? used : new float[length];
    }
}
