package dev.decant.loss;

import dev.decant.tensor.DType;
import dev.decant.tensor.Tensor;

/**
 * The one-for-all loss: soft targets whose target class is lifted the more, the surer the teacher is of it (Hao et al. 2023,
 * arXiv:2310.19444, as in the authors' code).
 *
 * <p>With p = softmax(t/T), q = softmax(s/T) and m the one-hot target: w_c = (p_c + m_c)^eps - m_c, and the loss is the mean
 * over the batch of -sum over c of w_c ln q_c. There is no factor T². At eps = 1 it is
 * {@link SoftTargets#softCrossEntropy}.
 *
 * <p>Differs from the paper's formula, as the authors' code does: classes other than the target are raised to eps too, and
 * the 1 of (1 + p)^eps is subtracted because the cross-entropy with the labels is a term of its own.
 */
public final class Ofa {

    private Ofa() {}

    /**
     * @param student logits s (N, K), of the head or of one exit branch
     * @param teacher final logits t (N, K); no gradient reaches the teacher
     * @param target classes (N), or probabilities (N, K) whose first largest is the class
     * @param eps modulating exponent, at least 0; the paper tunes it between 1.1 and 1.4
     * @param temperature T, greater than 0; the authors use 1
     * @return scalar
     */
    public static Tensor loss(Tensor student, Tensor teacher, Tensor target, double eps, double temperature) {
        Shapes.logits(student, teacher);
        return weighted(student, weights(teacher, target, eps, temperature), temperature);
    }

    /**
     * As above with an exponent per example.
     *
     * @param eps (N) or a scalar, elements at least 0; no gradient flows to it
     */
    public static Tensor loss(Tensor student, Tensor teacher, Tensor target, Tensor eps, double temperature) {
        Shapes.logits(student, teacher);
        return weighted(student, weights(teacher, target, eps, temperature), temperature);
    }

    /**
     * The weights w (N, K) of the negative log-probabilities, outside any graph. Their rows sum to 1 only at eps = 1.
     *
     * @param teacher final logits (N, K)
     * @param target classes (N) or probabilities (N, K)
     */
    public static Tensor weights(Tensor teacher, Tensor target, double eps, double temperature) {
        Shapes.require(eps >= 0 && Double.isFinite(eps), "eps must be at least 0, found " + eps);
        Tensor probs = probs(teacher, target, temperature); // (N, K)
        return Tensor.where(isTarget(probs, target), probs.log1p().mul(eps).expm1(), probs.pow(eps));
    }

    /** As above with an exponent per example (N), or a scalar. */
    public static Tensor weights(Tensor teacher, Tensor target, Tensor eps, double temperature) {
        Shapes.require(
                eps.rank() == 0 || (eps.rank() == 1 && eps.size(0) == teacher.size(0)),
                "eps " + Shapes.of(eps) + " must be a scalar or (N) for teacher logits " + Shapes.of(teacher));
        Tensor probs = probs(teacher, target, temperature); // (N, K)
        Tensor plain = eps.detach().to(probs.device()).to(probs.dtype());
        Tensor exponent = eps.rank() == 0 ? plain : plain.unsqueeze(1); // () or (N, 1)
        return Tensor.where(isTarget(probs, target), probs.log1p().mul(exponent).expm1(), probs.pow(exponent));
    }

    private static Tensor probs(Tensor teacher, Tensor target, double temperature) {
        Shapes.rank("teacher logits", teacher, 2, "(N, K)");
        Shapes.target(teacher, target);
        Shapes.positive("temperature", temperature);
        return teacher.detach().div(temperature).softmax(-1);
    }

    /** True at the target class: (N, K). Of equal labels of a mix the first counts. */
    private static Tensor isTarget(Tensor probs, Tensor target) {
        Tensor classes = target.rank() == 2 ? target.argmax(-1) : target.to(DType.I64); // (N)
        return classes.oneHot(probs.size(1)).eq(1);
    }

    private static Tensor weighted(Tensor student, Tensor weights, double temperature) {
        return CrossEntropy.soft(student.div(temperature), weights);
    }
}
