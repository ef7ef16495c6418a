package dev.decant.data;

import dev.decant.tensor.Tensor;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Images and labels of one step. Its tensors live in the scope that was open when the batch was taken. */
public final class Batch {

    private final Tensor images;
    private final Tensor labels;
    private final @Nullable Tensor softLabels;
    private final int[] indices;

    Batch(Tensor images, Tensor labels, @Nullable Tensor softLabels, int[] indices) {
        this.images = images;
        this.labels = labels;
        this.softLabels = softLabels;
        this.indices = indices;
    }

    /** (N, 3, H, W), F32, normalized. */
    public Tensor images() {
        return images;
    }

    /** (N), I64: the class of each image, of the unmixed one where the batch is mixed. */
    public Tensor labels() {
        return labels;
    }

    /** (N, K), F32, rows sum to 1: present when the pipeline mixes images, also for batches that chance left unmixed. */
    public Optional<Tensor> softLabels() {
        return Optional.ofNullable(softLabels);
    }

    /** Which images of the data set these are, in the order of the rows. */
    public int[] indices() {
        return indices.clone();
    }

    /** N. */
    public int size() {
        return indices.length;
    }
}
