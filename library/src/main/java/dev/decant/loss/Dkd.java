package dev.decant.loss;

import dev.decant.tensor.DType;
import dev.decant.tensor.Tensor;
import java.util.List;

/**
 * Decoupled distillation: the target class against the rest, and the rest among themselves, weighted apart (Zhao et al. 2022,
 * arXiv:2203.08679). All with q = softmax(s/T), p = softmax(t/T), factor T², means over the batch.
 *
 * <p>Targets are classes (N) or probabilities (N, K), of which the first largest is the class.
 */
public final class Dkd {

    /** Taken off the target's logit: exp(-1000) is 0 in every type, and 0 times it stays a number, unlike infinity. */
    private static final double OUT_OF_SIGHT = 1000;

    private Dkd() {}

    /**
     * alpha · {@link #tckd} + beta · {@link #nckd}; the authors take alpha 1 and beta 0.5 to 8.
     *
     * @param student logits (N, K)
     * @param teacher logits (N, K); no gradient reaches the teacher
     * @return scalar
     */
    public static Tensor loss(
            Tensor student, Tensor teacher, Tensor target, double alpha, double beta, double temperature) {
        return tckd(student, teacher, target, temperature)
                .mul(alpha)
                .add(nckd(student, teacher, target, temperature).mul(beta));
    }

    /**
     * T² · KL between the pairs (p_y, 1 - p_y) and (q_y, 1 - q_y).
     *
     * @return scalar
     */
    public static Tensor tckd(Tensor student, Tensor teacher, Tensor target, double temperature) {
        Tensor isTarget = checked(student, teacher, target, temperature); // (N, K)
        return SoftTargets.kl(
                        targetOrNot(teacher.detach().div(temperature), isTarget),
                        targetOrNot(student.div(temperature), isTarget))
                .mul(temperature * temperature);
    }

    /**
     * T² · KL between p and q, each renormalised over the classes other than the target.
     *
     * @return scalar
     */
    public static Tensor nckd(Tensor student, Tensor teacher, Tensor target, double temperature) {
        Tensor isTarget = checked(student, teacher, target, temperature); // (N, K)
        return SoftTargets.kl(
                        others(teacher.detach().div(temperature), isTarget), others(student.div(temperature), isTarget))
                .mul(temperature * temperature);
    }

    /** Log-probabilities (N, 2) of the target class and of all others together; both stay finite. */
    private static Tensor targetOrNot(Tensor logits, Tensor isTarget) {
        Tensor logProbs = logits.logSoftmax(-1); // (N, K)
        Tensor target = logProbs.maskedFill(isTarget.logicalNot(), Double.NEGATIVE_INFINITY);
        Tensor rest = logProbs.maskedFill(isTarget, Double.NEGATIVE_INFINITY);
        return Tensor.stack(List.of(target.logSumExp(-1), rest.logSumExp(-1)), 1);
    }

    /** Log-probabilities (N, K) of the classes other than the target. */
    private static Tensor others(Tensor logits, Tensor isTarget) {
        return logits.sub(isTarget.to(logits.dtype()).mul(OUT_OF_SIGHT)).logSoftmax(-1);
    }

    private static Tensor checked(Tensor student, Tensor teacher, Tensor target, double temperature) {
        Shapes.logits(student, teacher);
        Shapes.target(student, target);
        Shapes.positive("temperature", temperature);
        Shapes.require(student.size(1) >= 2, "DKD needs at least 2 classes, found " + student.size(1));
        Tensor classes = target.rank() == 2 ? target.argmax(-1) : target.to(DType.I64); // (N)
        return classes.oneHot(student.size(1)).eq(1);
    }
}
