package dev.decant.loss;

import dev.decant.tensor.Ops;
import dev.decant.tensor.Tensor;

/** Losses that ask for the teacher's features themselves (FitNets, Romero et al. 2015, arXiv:1412.6550). */
public final class Hints {

    private Hints() {}

    /**
     * Mean over all elements of (s - t)².
     *
     * @param student features of any shape, aligned to the teacher's (see {@link Rearrange})
     * @param teacher features of the same shape; no gradient reaches the teacher
     * @return scalar
     */
    public static Tensor mse(Tensor student, Tensor teacher) {
        Shapes.same("student features", student, "teacher features", teacher);
        return Ops.meanSquaredError(student, teacher.detach());
    }
}
