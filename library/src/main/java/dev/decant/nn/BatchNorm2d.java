package dev.decant.nn;

import dev.decant.tensor.DType;
import dev.decant.tensor.Ops;
import dev.decant.tensor.Tensor;
import java.util.List;

/** Batch normalisation over (N, H, W) of an (N, C, H, W) tensor (Ioffe and Szegedy 2015); momentum 0.1. */
public final class BatchNorm2d extends Module {

    private static final double MOMENTUM = 0.1;

    private final double eps;
    private final Tensor weight;
    private final Tensor bias;
    private final Tensor runningMean;
    private final Tensor runningVar;
    private final Tensor batches;

    public BatchNorm2d(long channels) {
        this(channels, 1e-5);
    }

    public BatchNorm2d(long channels, double eps) {
        this(Init.ones(channels), eps);
    }

    /** Starts with weight zero: the residual branch that ends in it adds nothing at first (Goyal et al. 2017, 5.1). */
    public static BatchNorm2d silent(long channels) {
        return new BatchNorm2d(Init.zeros(channels), 1e-5);
    }

    private BatchNorm2d(Tensor initialWeight, double eps) {
        long channels = initialWeight.elements();
        this.eps = eps;
        weight = parameter("weight", initialWeight);
        bias = parameter("bias", Init.zeros(channels));
        runningMean = buffer("running_mean", Init.zeros(channels));
        runningVar = buffer("running_var", Init.ones(channels));
        batches = buffer("num_batches_tracked", Tensor.zeros(DType.I64));
    }

    /** Is it an affine map that stays as it is? */
    boolean isFrozen() {
        return !isTraining() && !weight.requiresGrad();
    }

    /** All that the affine map follows from. */
    List<Tensor> tensors() {
        return List.of(weight, bias, runningMean, runningVar);
    }

    /** Of the affine map that it is outside training: w / sqrt(var + eps), (C). */
    Tensor scale() {
        return weight.div(runningVar.add(eps).sqrt());
    }

    /** Of that map: b - mean * scale, (C). */
    Tensor shift(Tensor scale) {
        return bias.sub(runningMean.mul(scale));
    }

    /** Where channels lie. */
    public List<PrunableAxis> channels() {
        return List.of(
                new PrunableAxis(weight, 0),
                new PrunableAxis(bias, 0),
                new PrunableAxis(runningMean, 0),
                new PrunableAxis(runningVar, 0));
    }

    public Tensor forward(Tensor x) {
        if (isTraining()) {
            batches.addInPlace(batches.onesLike(), 1);
        }
        return Ops.batchNorm(x, weight, bias, runningMean, runningVar, isTraining(), MOMENTUM, eps);
    }
}
