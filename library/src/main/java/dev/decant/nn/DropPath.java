package dev.decant.nn;

import dev.decant.tensor.Tensor;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Drops the residual branch of whole samples with a probability, while training (Huang et al. 2016). */
public final class DropPath extends Module {

    private final double probability;

    public DropPath(double probability) {
        this.probability = probability;
    }

    public Tensor forward(Tensor x) {
        return isTraining() ? dropPath(x, probability) : x;
    }

    /** Probabilities that grow evenly from 0 at the first of {@code blocks} to {@code last}. */
    public static double[] growing(double last, int blocks) {
        return IntStream.range(0, blocks)
                .mapToDouble(i -> blocks == 1 ? 0 : last * i / (blocks - 1))
                .toArray();
    }

    /**
     * x (N, ...): each sample is kept with 1 - probability and then divided by it, or zeroed.
     *
     * <p>The CPU's generator draws on every device, so a seed keeps the same samples everywhere.
     */
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
