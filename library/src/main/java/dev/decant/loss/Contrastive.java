package dev.decant.loss;

import dev.decant.tensor.FullPrecision;
import dev.decant.tensor.Tensor;

/**
 * Contrastive representation distillation (Tian, Krishnan and Isola 2020, arXiv:1910.10699): an embedding must be told from
 * M stored ones of other classes. The banks and what learns belong to their owner; these are its formulas. The full loss
 * is {@link #contrast} of the student's vectors against the teacher's bank plus the reverse.
 */
public final class Contrastive {

    private static final double EPS = 1e-7;
    private static final double SMALLEST_NORM = 1e-12;

    private Contrastive() {}

    /** Rows (N, D) scaled to length 1. */
    public static Tensor unit(Tensor rows) {
        return rows.div(rows.norm(-1, true).clampMin(SMALLEST_NORM));
    }

    /**
     * exp(memory · vector / T), not yet divided by the {@link #normaliser}.
     *
     * @param memory stored unit rows (N, 1 + M, D), that of the example itself first; no gradient flows to them
     * @param vectors unit rows (N, D)
     * @param temperature T, greater than 0; the authors take 0.07
     * @return (N, 1 + M)
     */
    public static Tensor scores(Tensor memory, Tensor vectors, double temperature) {
        Shapes.rank("memory", memory, 3, "(N, 1 + M, D)");
        Shapes.rank("vectors", vectors, 2, "(N, D)");
        Shapes.require(
                memory.size(0) == vectors.size(0) && memory.size(2) == vectors.size(1),
                "memory " + Shapes.of(memory) + " must be (N, 1 + M, D) for vectors (N, D) " + Shapes.of(vectors));
        Shapes.positive("temperature", temperature);
        Tensor products = FullPrecision.matmul(memory.detach(), vectors.unsqueeze(2)); // (N, 1 + M, 1)
        return products.squeeze(2).div(temperature).exp();
    }

    /** Z = mean(scores) · examples: fixed from the first batch, one per bank. Scalar, outside any graph. */
    public static Tensor normaliser(Tensor scores, long examples) {
        return scores.detach().mean().mul((double) examples);
    }

    /**
     * Noise-contrastive loss of normalised scores x, with c = M / n: minus the mean over the batch of
     * ln(x_0 / (x_0 + c + 1e-7)) + sum over k of ln(c / (x_k + c + 1e-7)).
     *
     * @param scores x = scores / Z, (N, 1 + M), the positive in column 0
     * @param examples n, how many the bank holds
     * @return scalar
     */
    public static Tensor contrast(Tensor scores, long examples) {
        Shapes.rank("scores", scores, 2, "(N, 1 + M)");
        Shapes.require(scores.size(1) >= 2, "scores " + Shapes.of(scores) + " must hold at least one negative");
        Shapes.require(examples > 0, "the number of examples must be greater than 0, found " + examples);
        long negatives = scores.size(1) - 1;
        double c = (double) negatives / examples;
        Tensor logSums = scores.add(c + EPS).log(); // (N, 1 + M)
        Tensor own = scores.narrow(1, 0, 1).log().sum(-1); // (N)
        return logSums.sum(-1).sub(own).mean().sub(negatives * Math.log(c));
    }

    /**
     * What the bank stores next: the unit row of momentum · row + (1 - momentum) · vector, outside any graph.
     *
     * @param rows stored rows (N, D)
     * @param vectors new unit rows (N, D)
     * @param momentum the authors take 0.5
     */
    public static Tensor updated(Tensor rows, Tensor vectors, double momentum) {
        Shapes.same("rows", rows, "vectors", vectors);
        return unit(rows.detach().mul(momentum).add(vectors.detach().mul(1 - momentum)));
    }
}
