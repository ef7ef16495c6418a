package dev.decant.data;

import dev.decant.model.Inputs;
import dev.decant.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/** Examples of one step. Its tensors live in the scope that was open when the batch was taken. */
public final class Batch {

    private final Inputs inputs;
    private final Tensor labels;
    private final Optional<Tensor> softLabels;
    private final int[] indices;
    private final List<List<String>> references;

    /**
     * What a source gives.
     *
     * @param labels classes (N), values (N), or classes of tokens (N, S)
     * @param softLabels (N, K) where the examples are mixed
     * @param indices which examples of the data set these are
     */
    public Batch(Inputs inputs, Tensor labels, Optional<Tensor> softLabels, int[] indices) {
        this(inputs, labels, softLabels, indices, List.of());
    }

    /**
     * With what people answered or wrote.
     *
     * @param references for each row
     */
    public Batch(
            Inputs inputs, Tensor labels, Optional<Tensor> softLabels, int[] indices, List<List<String>> references) {
        this.inputs = inputs;
        this.labels = labels;
        this.softLabels = softLabels;
        this.indices = indices;
        this.references = List.copyOf(references);
    }

    /** What the network is run on. */
    public Inputs inputs() {
        return inputs;
    }

    /** (N, 3, H, W), F32, normalized; of a batch of images. */
    public Tensor images() {
        if (inputs instanceof Inputs.Images images) {
            return images.pixels();
        }
        throw new IllegalStateException("a batch of " + inputs.kind() + " has no images");
    }

    /**
     * Classes (N), I64, of the unmixed image where images are mixed; values (N), F32, to be predicted; classes of
     * tokens (N, S), I64, -100 where nothing is asked; boxes (N, 4), F32; or for pairs of image and text which image (N).
     */
    public Tensor labels() {
        return labels;
    }

    /** (N, K), F32, rows sum to 1: present when the pipeline mixes images, also for batches that chance left unmixed. */
    public Optional<Tensor> softLabels() {
        return softLabels;
    }

    /** What a loss compares with: soft labels where there are any. */
    public Tensor target() {
        return softLabels.orElse(labels);
    }

    /** Which examples of the data set these are, in the order of the rows. */
    public int[] indices() {
        return indices.clone();
    }

    /** What people answered or wrote, for each row; empty where the labels say what is wanted. */
    public List<List<String>> references() {
        return references;
    }

    /** N. */
    public int size() {
        return indices.length;
    }
}
