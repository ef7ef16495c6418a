package dev.decant.loss;

import dev.decant.tensor.DType;
import dev.decant.tensor.Ops;
import dev.decant.tensor.Tensor;

/** Task losses: logits against labels. Natural logarithms, means over the batch. */
public final class CrossEntropy {

    private CrossEntropy() {}

    /**
     * {@link #hard} for classes, {@link #soft} for probabilities. Probabilities are not smoothed again: mixing images
     * smooths its own labels.
     *
     * @param target classes (N) or probabilities (N, K)
     */
    public static Tensor loss(Tensor logits, Tensor target, double smoothing) {
        Shapes.target(logits, target);
        return target.rank() == 1 ? hard(logits, target, smoothing) : soft(logits, target);
    }

    /**
     * Mean over i of -sum over c of l_ic ln q_ic, with q = softmax(logits), l = 1 - s + s/K at the label and s/K elsewhere
     * (Szegedy et al. 2016, section 7).
     *
     * @param logits (N, K)
     * @param labels classes (N)
     * @param smoothing s in [0, 1]; 0 is the plain cross-entropy
     * @return scalar
     */
    public static Tensor hard(Tensor logits, Tensor labels, double smoothing) {
        Shapes.rank("logits", logits, 2, "(N, K)");
        Shapes.rank("labels", labels, 1, "(N)");
        Shapes.target(logits, labels);
        Shapes.require(smoothing >= 0 && smoothing <= 1, "label smoothing must be between 0 and 1, found " + smoothing);
        return Ops.crossEntropy(logits, labels.to(DType.I64), smoothing);
    }

    /**
     * Mean over i of -sum over c of l_ic ln q_ic, with q = softmax(logits).
     *
     * @param logits (N, K)
     * @param labels probabilities l (N, K), as mixup makes them; no gradient flows to them
     * @return scalar
     */
    public static Tensor soft(Tensor logits, Tensor labels) {
        Shapes.rank("logits", logits, 2, "(N, K)");
        Shapes.same("logits", logits, "labels", labels);
        return labels.detach().mul(logits.logSoftmax(-1)).sum(-1).mean().neg();
    }

    /**
     * Each class as a yes-or-no question: mean over all N K entries of -l ln sigmoid(z) - (1 - l) ln sigmoid(-z).
     *
     * @param logits z (N, K)
     * @param labels probabilities l (N, K); no gradient flows to them
     * @return scalar
     */
    public static Tensor binary(Tensor logits, Tensor labels) {
        Shapes.same("logits", logits, "labels", labels);
        Tensor yes = labels.detach();
        Tensor no = yes.neg().add(1);
        return yes.mul(logits.logSigmoid())
                .add(no.mul(logits.neg().logSigmoid()))
                .mean()
                .neg();
    }
}
