package dev.decant.nn;

import dev.decant.tensor.Ops;
import dev.decant.tensor.Tensor;

/** Layer normalisation over the last dimension (Ba et al. 2016). */
public final class LayerNorm extends Module {

    private final double eps;
    private final Tensor weight;
    private final Tensor bias;

    public LayerNorm(long width, double eps) {
        this.eps = eps;
        weight = parameter("weight", Init.ones(width));
        bias = parameter("bias", Init.zeros(width));
    }

    public Tensor forward(Tensor x) {
        return Ops.layerNorm(x, weight, bias, eps);
    }

    /** Over the channels of (N, C, H, W). */
    public Tensor forwardChannels(Tensor x) {
        return forward(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2);
    }
}
