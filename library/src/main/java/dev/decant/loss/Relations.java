package dev.decant.loss;

import dev.decant.tensor.FullPrecision;
import dev.decant.tensor.Tensor;
import java.util.Optional;

/**
 * Relations among the queries, keys or values of a text (MiniLM, Wang et al. 2020, arXiv 2002.10957, and version 2, arXiv
 * 2012.15828): which tokens are like which, whatever the width of the vectors and the number of heads.
 */
public final class Relations {

    private static final double NEVER = -1e9;

    private Relations() {}

    /**
     * Mean over examples, relation heads and tokens of KL(R_T ‖ R_S), with R = softmax(x x' / sqrt(d)) and x the vectors of
     * all heads, side by side and cut anew into {@code heads} of width d.
     *
     * @param student (N, H, S, D)
     * @param teacher (N, H', S, D'); no gradient reaches it
     * @param mask (N, S), 1 for a token and 0 for padding, whose rows and columns do not count; or none
     * @param heads relation heads, which must divide H D and H' D'
     * @return scalar
     */
    public static Tensor kl(Tensor student, Tensor teacher, Optional<Tensor> mask, long heads) {
        Tensor logS = logRelations("student", student, mask, heads); // (N, A, S, S)
        Tensor logT = logRelations("teacher", teacher.detach(), mask, heads);
        Shapes.same("student relations", logS, "teacher relations", logT);
        Tensor rows = logT.exp().mul(logT.sub(logS)).sum(-1); // (N, A, S)
        if (mask.isEmpty()) {
            return rows.mean();
        }
        Tensor m = mask.get().to(rows.dtype());
        Tensor sums = rows.mul(m.unsqueeze(1)).sum(false, 1, 2); // (N)
        return sums.div(m.sum(-1)).mean().div(heads);
    }

    private static Tensor logRelations(String who, Tensor vectors, Optional<Tensor> mask, long heads) {
        Shapes.rank(who + " vectors", vectors, 4, "(N, H, S, D)");
        long n = vectors.size(0);
        long s = vectors.size(2);
        long width = vectors.size(1) * vectors.size(3);
        Shapes.require(
                width % heads == 0, who + " vectors of width " + width + " do not divide by " + heads + " heads");
        Tensor x = vectors.transpose(1, 2).reshape(n, s, heads, width / heads).transpose(1, 2); // (N, A, S, d)
        Tensor scores = FullPrecision.matmul(x.mul(1 / Math.sqrt((double) width / heads)), x.transpose(-2, -1));
        if (mask.isPresent()) {
            scores = scores.maskedFill(mask.get().eq(0).reshape(n, 1, 1, s), NEVER);
        }
        return scores.logSoftmax(-1);
    }
}
