package dev.decant.model.multimodal;

import dev.decant.nn.LayerNorm;
import dev.decant.nn.Linear;
import dev.decant.nn.Module;
import dev.decant.tensor.Ops;
import dev.decant.tensor.Tensor;

/** Linear map to twice the width, norm, GELU, linear map: X-VLM's heads. */
final class MlpHead extends Module {

    private static final double EPS = 1e-5;

    private final Linear wide;
    private final LayerNorm norm;
    private final Linear out;

    MlpHead(long width, long outputs) {
        wide = child("0", Linear.uniform(width, 2 * width));
        norm = child("1", new LayerNorm(2 * width, EPS));
        out = child("3", Linear.uniform(2 * width, outputs)); // 2 is the GELU
    }

    /** (..., C) to (..., outputs). */
    Tensor forward(Tensor x) {
        return out.forward(Ops.gelu(norm.forward(wide.forward(x))));
    }
}
