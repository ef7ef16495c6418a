package dev.decant.loss;

import dev.decant.tensor.Autocast;
import dev.decant.tensor.Tensor;

/** Matrix products that stay in their operands' type inside a bf16 region: a loss is a difference of near equals. */
final class FullPrecision {

    private FullPrecision() {}

    static Tensor matmul(Tensor a, Tensor b) {
        try (Autocast off = Autocast.off(a.device())) {
            return a.matmul(b);
        }
    }
}
