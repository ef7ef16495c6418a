package dev.decant.loss;

import dev.decant.tensor.DType;
import dev.decant.tensor.Tensor;

/** Distillation of a language model's logits, token by token (TSLD, Kim et al. 2023, arXiv 2308.06744). */
public final class TokenScaled {

    private TokenScaled() {}

    /**
     * Mean over texts of the sum over their tokens i of w_i KL(softmax(t_i) ‖ softmax(s_i)); with c_i the teacher's
     * cross-entropy at token i, w = softmax over the tokens of a text of c_i / scale. So what the teacher is sure of, which
     * the student overfits first, counts least.
     *
     * <p>Differs from the published code: the mean over texts is taken, not the sum, and the teacher's entropy, which has no
     * gradient, is taken off.
     *
     * @param student logits (M, V)
     * @param teacher logits (M, V); no gradient reaches it
     * @param target words (M), I64; where below 0 a token does not count
     * @param text which text each token belongs to (M), I64, from 0
     * @param scale above 0; 10 in the published code, infinity gives equal weights
     * @return scalar; 0 if no token counts
     */
    public static Tensor kl(Tensor student, Tensor teacher, Tensor target, Tensor text, double scale) {
        Shapes.logits(student, teacher);
        Shapes.require(scale > 0, "scale must be greater than 0, found " + scale);
        Shapes.require(
                target.rank() == 1 && target.size(0) == student.size(0) && text.size(0) == student.size(0),
                "target " + Shapes.of(target) + " and text " + Shapes.of(text) + " must be (M) of the logits "
                        + Shapes.of(student));
        Tensor logT = teacher.detach().logSoftmax(-1); // (M, V)
        Tensor logS = student.logSoftmax(-1);
        Tensor divergence = logT.exp().mul(logT.sub(logS)).sum(-1); // (M)
        Tensor counts = target.ge(0).to(logT.dtype()); // (M)
        Tensor words = target.mul(target.ge(0).to(DType.I64)).unsqueeze(1);
        Tensor entropy = logT.gather(1, words).squeeze(1).neg(); // (M), c
        Tensor grown = entropy.div(scale).sub(entropy.div(scale).max()).exp().mul(counts); // (M)
        Tensor member = text.oneHot((long) text.max().item() + 1).to(logT.dtype()); // (M, N)
        Tensor sums = member.mul(grown.unsqueeze(1)).sum(0); // (N)
        Tensor own = member.mul(sums).sum(-1); // (M), the sum of the token's text
        Tensor weights = grown.div(own.add(own.eq(0).to(own.dtype())));
        return weights.mul(divergence)
                .sum()
                .div(sums.gt(0).to(sums.dtype()).sum().clampMin(1));
    }
}
