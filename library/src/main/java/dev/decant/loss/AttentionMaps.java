package dev.decant.loss;

import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Ops;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import java.util.Optional;

/**
 * Losses between the attention of two layers: scores (N, H, T, S) before softmax, maps (N, H, T, S) after it.
 *
 * <p>A mask (N, S) has 1 for a token and 0 for padding; with one, T is S, and rows and columns of padding do not count.
 */
public final class AttentionMaps {

    private static final double LEAST = 1e-8;
    private static final double MASKED = -100;

    private AttentionMaps() {}

    /**
     * Attention-map loss (Kim et al. 2022, arXiv 2211.11014): mean over examples and heads of (1/n) sum over rows i and
     * columns j among the n tokens of p_ij (ln p_ij - ln q_ij), p the teacher's map, q the student's, both at least 1e-8.
     *
     * <p>The gradient is written out, so that little is kept for it; it cannot be differentiated in turn.
     *
     * @param student map; where it is below 1e-8 no gradient flows
     * @param teacher map; no gradient reaches it
     * @param mask (N, S), or none where all tokens count
     * @return scalar
     */
    public static Tensor kl(Tensor student, Tensor teacher, Optional<Tensor> mask) {
        Shapes.rank("student map", student, 4, "(N, H, T, S)");
        Shapes.same("student map", student, "teacher map", teacher);
        return weighted(student, teacher, mask.map(m -> pairs(m, student)), mask);
    }

    /**
     * {@link #kl} of attention to another sequence.
     *
     * @param mask (N, T) of the tokens that attend: rows of padding do not count, all columns do
     */
    public static Tensor crossKl(Tensor student, Tensor teacher, Optional<Tensor> mask) {
        Shapes.rank("student map", student, 4, "(N, H, T, S)");
        Shapes.same("student map", student, "teacher map", teacher);
        Optional<Tensor> rows = mask.map(m -> m.to(student.dtype()).reshape(m.size(0), 1, m.size(1), 1));
        return weighted(student, teacher, rows, mask);
    }

    /** @param counts 1 for entries that count, broadcast to (N, H, T, S) */
    private static Tensor weighted(Tensor student, Tensor teacher, Optional<Tensor> counts, Optional<Tensor> mask) {
        Tensor rows = rows(mask, student).mul((double) student.size(0) * student.size(1)); // (N) or one
        Tensor value = Scope.only(() -> {
            try (NoGrad quiet = NoGrad.open()) {
                return divergence(student.detach(), teacher.detach(), counts, rows);
            }
        });
        if (!student.requiresGrad()) {
            return value;
        }
        return Scope.only(() -> {
            Tensor slope = slope(student.detach(), teacher.detach(), counts, rows);
            Tensor loss =
                    student.mul(slope).sum(); // its backward pass needs the slope alone, so its value can be replaced
            loss.setData(value);
            return loss;
        });
    }

    private static Tensor divergence(Tensor student, Tensor teacher, Optional<Tensor> counts, Tensor rows) {
        Tensor p = teacher.clampMin(LEAST);
        Tensor difference = p.div(student.clampMin(LEAST)).log().mulInPlace(p);
        counts.ifPresent(difference::mulInPlace);
        return difference.sum(false, 1, 2, 3).div(rows).sum();
    }

    /** d(divergence)/d(student). */
    private static Tensor slope(Tensor student, Tensor teacher, Optional<Tensor> counts, Tensor rows) {
        try (NoGrad quiet = NoGrad.open()) {
            Tensor slope = teacher.clampMin(LEAST).div(student.clampMin(LEAST)).mulInPlace(student.ge(LEAST));
            counts.ifPresent(slope::mulInPlace);
            return slope.mulInPlace(rows.reshape(-1, 1, 1, 1).pow(-1).neg());
        }
    }

    /**
     * {@link #kl} of softmax(t/T) and softmax(s/T), times T²: from matching which tokens matter most (small T) to matching the
     * scores themselves (T to infinity gives half the squared error of scores less their row's mean).
     *
     * @param student scores
     * @param teacher scores; no gradient reaches them
     * @param mask columns of padding stay without attention whatever T
     */
    public static Tensor kl(Tensor student, Tensor teacher, Optional<Tensor> mask, double temperature) {
        Shapes.positive("temperature", temperature);
        Tensor own = softened(student, mask, temperature);
        Tensor wanted = softened(teacher.detach(), mask, temperature);
        return kl(own, wanted, mask).mul(temperature * temperature);
    }

    private static Tensor softened(Tensor scores, Optional<Tensor> mask, double temperature) {
        Tensor soft = scores.div(temperature);
        if (mask.isPresent()) {
            Tensor m = mask.get();
            soft = soft.maskedFill(m.eq(0).reshape(m.size(0), 1, 1, m.size(1)), -1e9);
        }
        return soft.softmax(-1);
    }

    /**
     * Attention-score loss (TinyBERT, arXiv 1909.10351; TernaryBERT, arXiv 2009.12812): mean squared error of the scores, those of
     * at most -100 (masked ones) taken as 0 on either side.
     *
     * @param mask with one, the mean is over pairs of tokens; without, over everything, as in the published code
     */
    public static Tensor scores(Tensor student, Tensor teacher, Optional<Tensor> mask) {
        Shapes.rank("student scores", student, 4, "(N, H, T, S)");
        Shapes.same("student scores", student, "teacher scores", teacher);
        Tensor difference = visible(student).sub(visible(teacher.detach()));
        return mean(difference.square(), mask);
    }

    /**
     * {@link #scores} of attention to another sequence.
     *
     * @param mask (N, T) of the tokens that attend: the mean is over their rows
     */
    public static Tensor crossScores(Tensor student, Tensor teacher, Optional<Tensor> mask) {
        Shapes.rank("student scores", student, 4, "(N, H, T, S)");
        Shapes.same("student scores", student, "teacher scores", teacher);
        Tensor difference = visible(student).sub(visible(teacher.detach())).square();
        return mask.isEmpty()
                ? difference.mean()
                : rowMean(difference, mask.get()).div((double) student.size(3));
    }

    /** Mean over heads and over rows of tokens of the sum over columns. */
    private static Tensor rowMean(Tensor values, Tensor mask) {
        Tensor m = mask.to(values.dtype());
        Tensor rows = values.sum(-1).mul(m.reshape(m.size(0), 1, m.size(1)));
        return rows.sum().div(m.sum().mul((double) values.size(1)));
    }

    private static Tensor visible(Tensor scores) {
        return scores.maskedFill(scores.gt(MASKED).logicalNot(), 0);
    }

    /**
     * Mean squared error of the maps times the number of columns S: the mean over rows of the squared distance of two rows
     * (EfficientVLM, arXiv 2210.07795).
     *
     * @param mask with one, the mean is over rows of tokens
     */
    public static Tensor squared(Tensor student, Tensor teacher, Optional<Tensor> mask) {
        Shapes.rank("student map", student, 4, "(N, H, T, S)");
        Shapes.same("student map", student, "teacher map", teacher);
        if (mask.isEmpty()) {
            return Ops.meanSquaredError(student, teacher.detach()).mul((double) student.size(3));
        }
        return rowMean(student.sub(teacher.detach()).square(), mask.get());
    }

    private static Tensor mean(Tensor values, Optional<Tensor> mask) {
        if (mask.isEmpty()) {
            return values.mean();
        }
        Tensor pairs = pairs(mask.get(), values);
        return values.mul(pairs).sum().div(pairs.sum().mul((double) values.size(1)));
    }

    /** 1 where row and column are tokens, (N, 1, S, S). */
    private static Tensor pairs(Tensor mask, Tensor like) {
        Tensor m = mask.to(like.dtype());
        return m.reshape(m.size(0), 1, m.size(1), 1).mul(m.reshape(m.size(0), 1, 1, m.size(1)));
    }

    /** Number of rows that count, (N) or one for all. */
    private static Tensor rows(Optional<Tensor> mask, Tensor map) {
        return mask.map(m -> m.to(map.dtype()).sum(-1))
                .orElseGet(() -> Tensor.full(map.device(), map.size(2), map.dtype(), 1));
    }
}
