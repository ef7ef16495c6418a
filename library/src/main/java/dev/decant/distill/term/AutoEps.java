package dev.decant.distill.term;

import dev.decant.loss.Ofa;
import dev.decant.nn.Module;
import dev.decant.tensor.DType;
import dev.decant.tensor.FullPrecision;
import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;

/**
 * Finds OFA's exponent while training, from the batches themselves.
 *
 * <p>The teacher's target is biased and the label is noisy; the exponent trades one for the other. What counts is how well
 * the gradient that an exponent gives on some examples points where the labels of <em>other</em> examples point. With pooled
 * features f and logits z the classifier's gradient on example i is d_i f_i', where d_i = q_i - y_i for the cross-entropy
 * and d_i(e) = q_i - y_i + a (sum(w) q_i - w) for the whole objective, with w {@link Ofa#weights} for e. The score
 *
 * <p>S(e) = sum over i ≠ j of (d_i(e) · d_j) (f_i · f_j) / sqrt( sum over all i, j of (d_i(e) · d_j(e)) (f_i · f_j) )
 *
 * <p>is, up to a factor without e, the cosine of the two, with each example left out of its own test. Numerator and
 * denominator are averaged over the steps; the exponent is the maximum over a grid of 1.0 to 2.0, refined by a parabola.
 *
 * <p>Only the first epoch counts, and then the exponent stays: a label is a fair test until it has been trained on. Later the
 * label gradients of training examples are what the distillation has left unexplained, and the score would drift to the
 * exponent that follows the labels most, the more so the more the student overfits.
 *
 * <p>The cost is a few products of N x K matrices per step. The estimates are buffers, so a resumed run goes on with them.
 */
final class AutoEps extends Module {

    static final double FIRST = 1.0;
    static final double LAST = 2.0;
    static final int WARMUP_STEPS = 10;

    private static final int POINTS = 11;
    private static final double SPACING = (LAST - FIRST) / (POINTS - 1);
    private static final double DECAY = 0.99;
    private static final double SMALLEST = 1e-30;

    private final double weight;
    private final double temperature;
    private final Tensor numerator;
    private final Tensor norm;
    private final Tensor steps;

    AutoEps(double weight, double temperature) {
        this.weight = weight;
        this.temperature = temperature;
        numerator = buffer("numerator", Tensor.zeros(POINTS));
        norm = buffer("norm", Tensor.zeros(POINTS));
        steps = buffer("steps", Tensor.zeros(DType.I64));
    }

    /**
     * One batch, N at least 2.
     *
     * @param logits of the student (N, K)
     * @param features of the student (N, D)
     * @param teacher logits (N, K)
     * @param target classes (N) or probabilities (N, K)
     */
    record Batch(Tensor logits, Tensor features, Tensor teacher, Tensor target) {}

    /**
     * Takes a batch into the estimates if its labels are new: in the first epoch, or for as long as the first exponent needs.
     *
     * @param epoch epochs done, with the fraction of the current one
     */
    void observe(double epoch, Batch batch) {
        boolean fresh = epoch < 1 || steps.item() < WARMUP_STEPS;
        if (!fresh || batch.logits.size(0) < 2) {
            return;
        }
        try (Scope scope = Scope.open();
                NoGrad none = NoGrad.open()) {
            FullPrecision.on(batch.logits.device(), () -> {
                accumulate(batch);
                return steps.addInPlace(steps.onesLike(), 1);
            });
        }
    }

    private void accumulate(Batch batch) {
        double n = batch.logits.size(0);
        Tensor byLabel = labelGradient(batch); // (N, K)
        Tensor byGrid = gridGradients(batch, byLabel); // (E, N, K)
        Tensor features = batch.features.to(DType.F32);
        Tensor kernel = features.matmul(features.transpose(0, 1)); // (N, N)
        Tensor self = Tensor.arange(kernel.device(), (long) n).oneHot((long) n).eq(1);
        Tensor others = kernel.maskedFill(self, 0).matmul(byLabel); // (N, K)
        Tensor across = byGrid.mul(others).sum(false, 1, 2); // (E)
        Tensor within = byGrid.mul(kernel.matmul(byGrid)).sum(false, 1, 2); // (E)
        numerator.lerpInPlace(across.div(n * (n - 1)), 1 - DECAY);
        norm.lerpInPlace(within.clampMin(0).sqrt().div(n), 1 - DECAY);
    }

    /** q - y. */
    private static Tensor labelGradient(Batch batch) {
        Tensor probs = batch.logits.to(DType.F32).softmax(-1);
        Tensor target = batch.target.rank() == 2
                ? batch.target
                : batch.target.to(DType.I64).oneHot(probs.size(1));
        return probs.sub(target.to(DType.F32));
    }

    /** d(e) for every exponent of the grid, in one go: (E, N, K). */
    private Tensor gridGradients(Batch batch, Tensor byLabel) {
        Tensor probs = batch.logits.to(DType.F32).div(temperature).softmax(-1); // (N, K)
        long n = probs.size(0);
        Tensor exponents =
                Tensor.arange(probs.device(), POINTS).to(DType.F32).mul(SPACING).add(FIRST);
        Tensor w = Ofa.weights(
                        repeated(batch.teacher.to(DType.F32)),
                        repeated(batch.target),
                        exponents.unsqueeze(1).expand(POINTS, n).reshape(-1),
                        temperature)
                .reshape(POINTS, n, probs.size(1)); // (E, N, K)
        Tensor byTeacher = probs.mul(w.sum(true, 2)).sub(w).div(temperature);
        return byLabel.add(byTeacher.mul(weight));
    }

    /** (N, ...) to (E N, ...). */
    private static Tensor repeated(Tensor x) {
        long n = x.size(0);
        return x.rank() == 1
                ? x.unsqueeze(0).expand(POINTS, n).reshape(-1)
                : x.unsqueeze(0).expand(POINTS, n, x.size(1)).reshape(-1, x.size(1));
    }

    /** The exponent to use now; {@link #FIRST} for the first {@link #WARMUP_STEPS} batches. */
    double value() {
        return steps.item() < WARMUP_STEPS ? FIRST : best(scores());
    }

    private double[] scores() {
        double[] above = numerator.doubles();
        double[] below = norm.doubles();
        double[] scores = new double[POINTS];
        for (int i = 0; i < POINTS; i++) {
            scores[i] = above[i] / Math.max(below[i], SMALLEST);
        }
        return scores;
    }

    private static double best(double[] scores) {
        int best = 0;
        for (int i = 1; i < POINTS; i++) {
            best = scores[i] > scores[best] ? i : best;
        }
        double eps = FIRST + best * SPACING;
        if (best == 0 || best == POINTS - 1) {
            return eps;
        }
        double curvature = scores[best - 1] - 2 * scores[best] + scores[best + 1];
        double shift = curvature < 0 ? (scores[best - 1] - scores[best + 1]) / (2 * curvature) : 0;
        return eps + shift * SPACING;
    }
}
