package dev.decant.data;

import dev.decant.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** A batch in Java arrays, as workers make it; becomes tensors on the thread that takes it. */
final class PixelBatch {

    private final BatchShape shape;
    private final float[] pixels;
    private final long[] labels;
    private final int[] indices;
    private float @Nullable [] softLabels;

    PixelBatch(BatchShape shape, float[] pixels, long[] labels, int[] indices) {
        this.shape = shape;
        this.pixels = pixels;
        this.labels = labels;
        this.indices = indices;
    }

    /** Mixes the pixels with the reversed batch and adds the soft labels. */
    void mix(Mix mix, int classes, java.util.random.RandomGenerator random) {
        double lam = mix.mix(pixels, shape, random);
        softLabels = mix.softLabels(labels, classes, lam);
    }

    BatchShape shape() {
        return shape;
    }

    float[] pixels() {
        return pixels;
    }

    long[] labels() {
        return labels;
    }

    int[] indices() {
        return indices;
    }

    /** Copies into native memory of the scope that is open. */
    Batch toTensors() {
        int n = shape.images();
        Tensor images = Tensor.of(pixels, n, 3, shape.height(), shape.width());
        Tensor hard = Tensor.of(labels, n);
        float[] soft = softLabels;
        return new Batch(images, hard, soft == null ? null : Tensor.of(soft, n, soft.length / n), indices);
    }
}
