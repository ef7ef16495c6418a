package dev.decant.nn;

import dev.decant.tensor.Tensor;
import java.util.Arrays;

/** Drops the residual branch of whole samples with a probability, while training (Huang et al. 2016). */
public final class DropPath extends Module {

    private final double probability;

    public DropPath(double probability) {
        this.probability = probability;
    }

    /** The rate of block {@code index} of {@code blocks} when it grows evenly from 0 to {@code last} with depth. */
    public static double growing(double last, int index, int blocks) {
        return blocks > 1 ? last * index / (blocks - 1) : 0;
    }

    public Tensor forward(Tensor x) {
        return isTraining() ? dropPath(x, probability) : x;
    }

    /** x (N, ...): each sample is kept with 1 - probability and then divided by it, or zeroed. */
    public static Tensor dropPath(Tensor x, double probability) {
        if (probability <= 0) {
            return x;
        }
        double keep = 1 - probability;
        long[] shape = new long[x.rank()];
        Arrays.fill(shape, 1);
        shape[0] = x.size(0);
        Tensor mask = Tensor.rand(shape).to(x.device()).sub(probability).ge(0).to(x.dtype());
        return x.mul(mask.div(keep));
    }
}
