package dev.decant.loss;

import dev.decant.tensor.Tensor;

/** Congruence of neighbours in a batch (after Peng et al. 2019, arXiv:1904.01802, in the short form in common use). */
public final class CorrelationCongruence {

    private static final double WEIGHT = 0.02;

    private CorrelationCongruence() {}

    /**
     * With delta = |s - t|: 0.02 times the mean over i = 1 .. N-1 of the sum over d of delta_i,d · delta_i+1,d. Depends on
     * the order of the batch.
     *
     * @param student embedded features s (N, D), N at least 2
     * @param teacher embedded features t (N, D); the embedding of the teacher learns too, so the gradient flows to both
     * @return scalar
     */
    public static Tensor loss(Tensor student, Tensor teacher) {
        Shapes.rows(student, teacher, 2);
        Shapes.same("student embeddings", student, "teacher embeddings", teacher);
        Tensor delta = student.sub(teacher).abs(); // (N, D)
        long pairs = delta.size(0) - 1;
        Tensor products = delta.narrow(0, 0, pairs).mul(delta.narrow(0, 1, pairs)); // (N-1, D)
        return products.sum(-1).mean().mul(WEIGHT);
    }
}
