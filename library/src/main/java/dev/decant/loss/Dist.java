package dev.decant.loss;

import dev.decant.tensor.Tensor;

/**
 * Distillation by correlation instead of equality, for teachers much stronger than the student (Huang et al. 2022,
 * arXiv:2205.10536). With Y = softmax(z/T) of each network and r Pearson's correlation.
 *
 * <p>Depends on what else is in the batch: with two examples every correlation within a class is exactly 1 or -1.
 */
public final class Dist {

    private static final double EPS = 1e-8;

    private Dist() {}

    /**
     * T² · (beta · {@link #inter} + gamma · {@link #intra}).
     *
     * @param student logits (N, K)
     * @param teacher logits (N, K); no gradient reaches the teacher
     * @return scalar
     */
    public static Tensor loss(Tensor student, Tensor teacher, double beta, double gamma, double temperature) {
        return inter(student, teacher, temperature)
                .mul(beta)
                .add(intra(student, teacher, temperature).mul(gamma))
                .mul(temperature * temperature);
    }

    /** 1 - mean over examples of r between the rows of Y: relations of classes within an example. Scalar. */
    public static Tensor inter(Tensor student, Tensor teacher, double temperature) {
        check(student, teacher, temperature);
        return distance(probs(student, temperature), probs(teacher.detach(), temperature));
    }

    /** 1 - mean over classes of r between the columns of Y: relations of examples within a class. Scalar. */
    public static Tensor intra(Tensor student, Tensor teacher, double temperature) {
        check(student, teacher, temperature);
        return distance(
                probs(student, temperature).transpose(0, 1),
                probs(teacher.detach(), temperature).transpose(0, 1));
    }

    private static void check(Tensor student, Tensor teacher, double temperature) {
        Shapes.logits(student, teacher);
        Shapes.positive("temperature", temperature);
    }

    private static Tensor probs(Tensor logits, double temperature) {
        return logits.div(temperature).softmax(-1);
    }

    /** 1 - mean over rows of Pearson's correlation; a constant row correlates with nothing. */
    private static Tensor distance(Tensor a, Tensor b) {
        Tensor x = a.sub(a.mean(true, -1));
        Tensor y = b.sub(b.mean(true, -1));
        Tensor norms = x.norm(-1, false).mul(y.norm(-1, false)).add(EPS);
        return x.mul(y).sum(-1).div(norms).mean().neg().add(1);
    }
}
