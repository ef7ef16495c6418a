package dev.decant.loss;

import dev.decant.tensor.DType;
import dev.decant.tensor.Tensor;

/** Losses of words that a language model names or writes, each row one place; natural logarithms. */
public final class Words {

    private Words() {}

    /**
     * Cost of each row: -(1 - s) ln q_y - (s / V) sum over the other words v of ln q_v, q = softmax(logits), y the label. With
     * s = 0 the cross-entropy. As in the published captioning code (X-VLM, arXiv 2111.08276), the weights add up to 1 - s / V.
     *
     * @param logits (R, V)
     * @param labels (R), I64; rows with -100 cost 0
     * @param smoothing s in [0, 1)
     * @return (R)
     */
    public static Tensor costs(Tensor logits, Tensor labels, double smoothing) {
        Shapes.rank("logits", logits, 2, "(R, V)");
        Shapes.target(logits, labels);
        Shapes.require(smoothing >= 0 && smoothing < 1, "smoothing must be at least 0 and below 1, found " + smoothing);
        Tensor counts = counts(labels, logits);
        Tensor place = labels.maskedFill(labels.lt(0), 0).unsqueeze(1);
        Tensor logQ = logits.logSoftmax(-1);
        Tensor own = logQ.gather(1, place).squeeze(1); // (R)
        double other = smoothing / logits.size(1);
        Tensor cost = own.mul(-(1 - smoothing) + other);
        return (smoothing == 0 ? cost : cost.sub(logQ.sum(-1).mul(other))).mul(counts);
    }

    /** Mean of {@link #costs} over rows with a label; 0 if there is none. */
    public static Tensor mean(Tensor logits, Tensor labels, double smoothing) {
        Tensor counts = counts(labels, logits);
        return costs(logits, labels, smoothing).sum().div(counts.sum().clampMin(1));
    }

    /**
     * T² · KL( softmax(t/T) ‖ softmax(s/T) ) of each row, averaged over the rows that count.
     *
     * @param student logits s (R, V)
     * @param teacher logits t (R, V); no gradient reaches the teacher
     * @param counts (R), 1 for a row that counts and 0 for one that does not
     * @param temperature T, greater than 0
     * @return scalar; 0 if no row counts
     */
    public static Tensor kd(Tensor student, Tensor teacher, Tensor counts, double temperature) {
        Shapes.logits(student, teacher);
        Shapes.positive("temperature", temperature);
        Tensor logS = student.div(temperature).logSoftmax(-1);
        Tensor logT = teacher.detach().div(temperature).logSoftmax(-1);
        Tensor rows = logT.exp().mul(logT.sub(logS)).sum(-1); // (R)
        Tensor c = counts.to(rows.dtype());
        return rows.mul(c).sum().div(c.sum().clampMin(1)).mul(temperature * temperature);
    }

    private static Tensor counts(Tensor labels, Tensor logits) {
        return labels.ge(0).to(logits.dtype() == DType.F64 ? DType.F64 : DType.F32);
    }
}
