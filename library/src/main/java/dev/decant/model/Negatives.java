package dev.decant.model;

import dev.decant.ModelException;
import dev.decant.nn.Trace;
import dev.decant.tensor.DType;
import dev.decant.tensor.Device;
import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * The hard negatives of one batch: for each text an image that it is not about, for each image a text that is not about it.
 *
 * <p>A batch comes with a seed to draw them by ({@link #Negatives(long)}). A network that is run on it draws by its own
 * similarities and leaves the result in its trace ({@link #TAPS}); the other networks of the step are run on the batch with
 * those ({@link #of(Trace)}), so that teacher and student judge the same pairs. Image i is drawn for text j with a probability proportional to softmax over i of s_ij / T, plus 1e-5, and
 * likewise in the other direction; pairs that belong together are left out (ALBEF, arXiv 2107.07651; X-VLM, arXiv 2111.08276).
 *
 * <p>Or, where texts are to be assigned to one of two images, for each text the two that it is shown with ({@link #drawTwo}).
 * Immutable.
 */
public final class Negatives {

    /** Ways to show a text two images: its own is the first, the second, or neither of them. */
    public static final int ASSIGNMENTS = 3;

    private static final double LEAST = 1e-5;

    /** The part of a trace that they are offered in. */
    public static final String PART = "negatives";

    private static final String IMAGES = "images";
    private static final String OTHERS = "others";

    /** What a network that draws leaves in its trace, each (N), I64; what they are, {@link #images} and {@link #texts} say. */
    public static final Set<String> TAPS = Set.of(PART + "." + IMAGES, PART + "." + OTHERS);

    private final long seed;
    private final Optional<Drawn> drawn;

    /** @param seed of this batch, to draw by */
    public Negatives(long seed) {
        this(seed, Optional.empty());
    }

    private Negatives(long seed, Optional<Drawn> drawn) {
        this.seed = seed;
        this.drawn = drawn;
    }

    /**
     * Known ones.
     *
     * @param images for each text, the pair whose image it is shown with
     * @param texts for each image, the pair whose text it is shown with; or for each text, the pair of its second image
     */
    public static Negatives of(long[] images, long[] texts) {
        return new Negatives(0, Optional.of(new Drawn(images.clone(), texts.clone())));
    }

    /** Those that a network drew, from a trace that was asked for {@link #TAPS}. */
    public static Negatives of(Trace trace) {
        return of(
                trace.get(PART + "." + IMAGES).longs(),
                trace.get(PART + "." + OTHERS).longs());
    }

    /** Leaves them in the trace of a network, seen from its part for wrong pairs. */
    public void offer(Trace trace, Device device) {
        trace.offer(IMAGES, () -> images(device));
        trace.offer(OTHERS, () -> texts(device));
    }

    /**
     * Places in the batch.
     *
     * @param images for each text, the pair whose image it is shown with
     * @param others for each image, the pair whose text it is shown with; or for each text, the pair of its second image
     */
    private record Drawn(long[] images, long[] others) {}

    /** Which of two images the text in this row of a batch belongs to: 0 the first, 1 the second, 2 neither. Each a third. */
    public static int assignment(int row) {
        return row % ASSIGNMENTS;
    }

    /**
     * These, if they are drawn, else drawn by the seed.
     *
     * @param scores s_ij / T of image i and text j, (N, N); no gradient reaches them
     * @param together groups (N): pairs of one group are never negatives of each other; absent if each pair stands for itself
     * @throws ModelException if some pair has no other to be told from
     */
    public Negatives draw(Tensor scores, Optional<Tensor> together) {
        if (drawn.isPresent()) {
            return this;
        }
        try (Scope scope = Scope.open();
                NoGrad quiet = NoGrad.open()) {
            long[] groups = together.map(Tensor::longs)
                    .orElseGet(() -> LongStream.range(0, scores.size(0)).toArray());
            Tensor s = scores.detach().to(DType.F32);
            SplittableRandom random = new SplittableRandom(seed);
            long[] images = wrong(likely(s.transpose(0, 1)), groups, random);
            return of(images, wrong(likely(s), groups, random));
        }
    }

    /**
     * These, if they are drawn, else two images for each text, drawn by the seed: its own and another, in the order that {@link #assignment} says,
     * or two others, different where there are two. Image i is drawn for text j with a probability proportional to softmax over
     * i of s_ij / T (text assignment: ALBEF, arXiv 2107.07651, and its code).
     *
     * @param scores s_ij / T of the images of texts i and j, (N, N); no gradient reaches them
     * @param together groups (N): what texts of one group are about is never another's wrong image
     * @throws ModelException if some text has no wrong image
     */
    public Negatives drawTwo(Tensor scores, Tensor together) {
        if (drawn.isPresent()) {
            return this;
        }
        try (Scope scope = Scope.open();
                NoGrad quiet = NoGrad.open()) {
            long[] groups = together.longs();
            double[][] weights = likely(scores.detach().to(DType.F32));
            SplittableRandom random = new SplittableRandom(seed);
            long[] first = wrong(weights, groups, random);
            long[] second = new long[groups.length];
            for (int row = 0; row < groups.length; row++) {
                long other = first[row];
                first[row] = assignment(row) == 0 ? row : other;
                second[row] = switch (assignment(row)) {
                    case 0 -> other;
                    case 1 -> row;
                    default ->
                        one(weights[row], groups, List.of(row, (int) other), random)
                                .orElse(other);
                };
            }
            return of(first, second);
        }
    }

    /** Softmax of each row. */
    private static double[][] likely(Tensor scores) {
        int n = (int) scores.size(1);
        double[] all = scores.softmax(-1).contiguous().doubles();
        return IntStream.range(0, (int) scores.size(0))
                .mapToObj(row -> Arrays.copyOfRange(all, row * n, (row + 1) * n))
                .toArray(double[][]::new);
    }

    /** For each row another of a group that is not its own. */
    private static long[] wrong(double[][] weights, long[] groups, SplittableRandom random) {
        return IntStream.range(0, groups.length)
                .mapToLong(row -> one(weights[row], groups, List.of(row), random)
                        .orElseThrow(() -> new ModelException("all " + groups.length
                                + " texts of a batch are about one image; telling pairs apart needs at least 2 images in each"
                                + " batch: a larger batch, or more images in the data")))
                .toArray();
    }

    /** One of those whose group is not that of some rows; empty if there is none. */
    private static OptionalLong one(double[] likely, long[] groups, List<Integer> not, SplittableRandom random) {
        double[] weights = new double[likely.length];
        double total = 0;
        int last = -1;
        for (int i = 0; i < weights.length; i++) {
            long group = groups[i];
            weights[i] = not.stream().anyMatch(row -> groups[row] == group) ? 0 : likely[i] + LEAST;
            total += weights[i];
            last = weights[i] > 0 ? i : last;
        }
        double at = random.nextDouble();
        double sum = 0;
        for (int i = 0; i < last; i++) {
            sum += weights[i];
            if (weights[i] > 0 && sum >= at * total) {
                return OptionalLong.of(i);
            }
        }
        return last < 0 ? OptionalLong.empty() : OptionalLong.of(last);
    }

    /** For each text the pair (N) whose image it is shown with, I64. */
    public Tensor images(Device device) {
        return tensor(get().images, device);
    }

    /** For each image the pair (N) whose text it is shown with, I64. */
    public Tensor texts(Device device) {
        return tensor(get().others, device);
    }

    /** For each text the pair (N) of the second image that it is shown with, where it is shown two; I64. */
    public Tensor seconds(Device device) {
        return tensor(get().others, device);
    }

    private Drawn get() {
        return drawn.orElseThrow(() -> new IllegalStateException("negatives are asked for before they are drawn"));
    }

    private static Tensor tensor(long[] places, Device device) {
        return Tensor.of(device, places, places.length);
    }
}
