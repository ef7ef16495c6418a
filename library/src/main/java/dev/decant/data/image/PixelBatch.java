package dev.decant.data.image;

import dev.decant.data.Batch;
import dev.decant.data.BatchSource;
import dev.decant.model.Inputs;
import dev.decant.tensor.Tensor;
import java.util.Optional;
import java.util.Queue;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Images and labels as workers make them. */
public final class PixelBatch implements BatchSource.Prepared {

    private final BatchShape shape;
    private final float[] pixels;
    private final long[] labels;
    private final int[] indices;
    private final Queue<float[]> spare;
    private float @Nullable [] softLabels;

    /** @param spare takes the pixels' array back when it is no longer needed */
    PixelBatch(BatchShape shape, float[] pixels, long[] labels, int[] indices, Queue<float[]> spare) {
        this.shape = shape;
        this.pixels = pixels;
        this.labels = labels;
        this.indices = indices;
        this.spare = spare;
    }

    /** Mixes the pixels with the reversed batch and adds the soft labels. */
    void mix(Mix mix, int classes, RandomGenerator random) {
        double lam = mix.mix(pixels, shape, random);
        softLabels = mix.softLabels(labels, classes, lam);
    }

    public BatchShape shape() {
        return shape;
    }

    public float[] pixels() {
        return pixels;
    }

    public long[] labels() {
        return labels;
    }

    public int[] indices() {
        return indices;
    }

    @Override
    public Batch toTensors() {
        int n = shape.images();
        Tensor images = Tensor.of(pixels, n, 3, shape.height(), shape.width());
        spare.offer(pixels);
        Tensor hard = Tensor.of(labels, n);
        float[] soft = softLabels;
        Optional<Tensor> mixed = soft == null ? Optional.empty() : Optional.of(Tensor.of(soft, n, soft.length / n));
        return new Batch(new Inputs.Images(images), hard, mixed, indices);
    }
}
