package dev.decant.loss;

import dev.decant.tensor.Tensor;

/** Distillation from the teacher's softened probabilities (Hinton, Vinyals and Dean 2015, arXiv:1503.02531). */
public final class SoftTargets {

    private SoftTargets() {}

    /**
     * T² · KL( softmax(t/T) ‖ softmax(s/T) ), summed over classes and averaged over the batch.
     *
     * <p>The factor T² keeps the size of the gradient independent of T (section 2.1 there).
     *
     * @param student logits s (N, K)
     * @param teacher logits t (N, K); no gradient reaches the teacher
     * @param temperature T, greater than 0
     * @return scalar
     */
    public static Tensor kd(Tensor student, Tensor teacher, double temperature) {
        Shapes.logits(student, teacher);
        Shapes.positive("temperature", temperature);
        Tensor logS = student.div(temperature).logSoftmax(-1); // (N, K)
        Tensor logT = teacher.detach().div(temperature).logSoftmax(-1); // (N, K)
        return kl(logT, logS).mul(temperature * temperature);
    }

    /**
     * Mean over i of -sum over c of p_ic ln q_ic, with p = softmax(t/T), q = softmax(s/T): {@link #kd} / T² plus the
     * teacher's entropy, so its gradient is that of {@code kd} / T².
     *
     * @param student logits s (N, K)
     * @param teacher logits t (N, K); no gradient reaches the teacher
     * @return scalar
     */
    public static Tensor softCrossEntropy(Tensor student, Tensor teacher, double temperature) {
        Shapes.logits(student, teacher);
        Shapes.positive("temperature", temperature);
        return CrossEntropy.soft(
                student.div(temperature), teacher.detach().div(temperature).softmax(-1));
    }

    /** Mean over rows of KL(p ‖ q), from log-probabilities (N, K). */
    static Tensor kl(Tensor logP, Tensor logQ) {
        return logP.exp().mul(logP.sub(logQ)).sum(-1).mean();
    }
}
