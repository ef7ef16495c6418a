package dev.decant.model;

import dev.decant.tensor.DType;
import dev.decant.tensor.Device;
import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * The hard negatives of one batch: for each text an image that it is not about, for each image a text that is not about it.
 *
 * <p>Drawn once, by the first network that asks, and the same for every network after it, so that teacher and student judge
 * the same pairs. Image i is drawn for text j with a probability proportional to softmax over i of s_ij / T, plus 1e-5, and
 * likewise in the other direction; pairs that belong together are left out (ALBEF, arXiv 2107.07651; X-VLM, arXiv 2111.08276).
 */
public final class Negatives {

    private static final double LEAST = 1e-5;

    private final long seed;
    private @Nullable Drawn drawn;

    /** @param seed of this batch */
    public Negatives(long seed) {
        this.seed = seed;
    }

    /**
     * Known ones.
     *
     * @param images for each text, the pair whose image it is shown with
     * @param texts for each image, the pair whose text it is shown with
     */
    public static Negatives of(long[] images, long[] texts) {
        Negatives negatives = new Negatives(0);
        negatives.drawn = new Drawn(images.clone(), texts.clone());
        return negatives;
    }

    /**
     * Places in the batch.
     *
     * @param images for each text, the pair whose image it is shown with
     * @param texts for each image, the pair whose text it is shown with
     */
    private record Drawn(long[] images, long[] texts) {}

    /**
     * Draws, unless it was done before.
     *
     * @param scores s_ij / T of image i and text j, (N, N); no gradient reaches them
     * @param together groups (N): pairs of one group are never negatives of each other; absent if each pair stands for itself
     * @throws IllegalArgumentException if some pair has no other to be told from
     */
    public void draw(Tensor scores, Optional<Tensor> together) {
        if (drawn != null) {
            return;
        }
        try (Scope scope = Scope.open();
                NoGrad quiet = NoGrad.open()) {
            int n = (int) scores.size(0);
            long[] groups = together.map(Tensor::longs).orElseGet(() -> {
                long[] own = new long[n];
                Arrays.setAll(own, i -> i);
                return own;
            });
            Tensor s = scores.detach().to(DType.F32);
            SplittableRandom random = new SplittableRandom(seed);
            long[] images = rows(s.transpose(0, 1).softmax(-1), groups, random);
            drawn = new Drawn(images, rows(s.softmax(-1), groups, random));
        }
    }

    private static long[] rows(Tensor probabilities, long[] groups, SplittableRandom random) {
        int n = groups.length;
        double[] weights = probabilities.contiguous().doubles();
        long[] chosen = new long[n];
        for (int row = 0; row < n; row++) {
            chosen[row] = one(Arrays.copyOfRange(weights, row * n, (row + 1) * n), groups, row, random.nextDouble());
        }
        return chosen;
    }

    private static long one(double[] weights, long[] groups, int row, double at) {
        double total = 0;
        int last = -1;
        for (int i = 0; i < weights.length; i++) {
            weights[i] = groups[i] == groups[row] ? 0 : weights[i] + LEAST;
            total += weights[i];
            last = weights[i] > 0 ? i : last;
        }
        if (last < 0) {
            throw new IllegalArgumentException("all " + weights.length
                    + " texts of a batch are about one image; telling pairs apart needs at least 2 images in each batch:"
                    + " a larger batch, or more images in the data");
        }
        double sum = 0;
        for (int i = 0; i < last; i++) {
            sum += weights[i];
            if (weights[i] > 0 && sum >= at * total) {
                return i;
            }
        }
        return last;
    }

    /** For each text the pair (N) whose image it is shown with, I64. */
    public Tensor images(Device device) {
        return tensor(get().images, device);
    }

    /** For each image the pair (N) whose text it is shown with, I64. */
    public Tensor texts(Device device) {
        return tensor(get().texts, device);
    }

    private Drawn get() {
        if (drawn == null) {
            throw new IllegalStateException("negatives are asked for before they are drawn");
        }
        return drawn;
    }

    private static Tensor tensor(long[] places, Device device) {
        return Tensor.of(places, places.length).to(device);
    }
}
