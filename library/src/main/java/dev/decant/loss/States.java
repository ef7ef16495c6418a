package dev.decant.loss;

import dev.decant.tensor.Ops;
import dev.decant.tensor.Tensor;
import java.util.Optional;

/** Losses between vectors of tokens: hidden states, attention outputs, contexts; (N, S, C). */
public final class States {

    private States() {}

    /**
     * Mean squared error.
     *
     * @param teacher no gradient reaches it
     * @param mask (N, S), 1 for a token and 0 for padding: the mean is over tokens; without one over everything, as in
     *     the published code of TernaryBERT and KD-QAT
     * @return scalar
     */
    public static Tensor squared(Tensor student, Tensor teacher, Optional<Tensor> mask) {
        Shapes.same("student states", student, "teacher states", teacher);
        if (mask.isEmpty()) {
            return Ops.meanSquaredError(student, teacher.detach());
        }
        Shapes.rank("student states", student, 3, "(N, S, C)");
        Tensor difference = student.sub(teacher.detach()).square();
        Tensor m = mask.get().to(difference.dtype());
        Tensor sums = difference.sum(-1).mul(m); // (N, S)
        return sums.sum().div(m.sum().mul((double) student.size(2)));
    }
}
