package dev.decant.nn;

import dev.decant.tensor.DType;
import dev.decant.tensor.Tensor;

/** Initial values of parameters, drawn from the CPU's generator. */
public final class Init {

    private Init() {}

    public static Tensor zeros(long... shape) {
        return Tensor.zeros(shape);
    }

    public static Tensor ones(long... shape) {
        return Tensor.ones(shape);
    }

    public static Tensor normal(double deviation, long... shape) {
        return Tensor.zeros(shape).normalInPlace(0, deviation);
    }

    /** Uniform within {@code bound} of zero. */
    public static Tensor uniform(double bound, long... shape) {
        return Tensor.zeros(shape).uniformInPlace(-bound, bound);
    }

    /** Normal, values beyond two deviations drawn again. */
    public static Tensor truncatedNormal(double deviation, long... shape) {
        Tensor x = Tensor.randn(shape);
        for (Tensor beyond = x.abs().gt(2);
                beyond.to(DType.F32).sum().item() > 0;
                beyond = x.abs().gt(2)) {
            x = Tensor.where(beyond, Tensor.randn(shape), x);
        }
        return x.mul(deviation);
    }

    /** Truncated normal with variance 1 / fanIn after truncation: Flax's default (LeCun et al. 1998). */
    public static Tensor lecunNormal(long fanIn, long... shape) {
        double shrunk = 0.8796256610342398; // deviation of the standard normal cut at 2
        return truncatedNormal(1 / Math.sqrt(fanIn) / shrunk, shape);
    }

    /** Uniform with variance 2 / (inputs + outputs), for an (O, I) map (Glorot and Bengio 2010). */
    public static Tensor xavierUniform(long outputs, long inputs) {
        return uniform(Math.sqrt(6.0 / (inputs + outputs)), outputs, inputs);
    }

    /** Uniform within 1/sqrt(fanIn) of zero: the framework's default for linear and convolution weights and biases. */
    public static Tensor uniformFanIn(long fanIn, long... shape) {
        double bound = 1 / Math.sqrt(fanIn);
        return Tensor.zeros(shape).uniformInPlace(-bound, bound);
    }

    /** Normal with variance 2 / fan-out, for (O, I, kh, kw) convolutions before a ReLU (He et al. 2015). */
    public static Tensor kaimingFanOut(long outputs, long inputsPerGroup, long kernel, long groups) {
        double fanOut = (double) outputs * kernel * kernel / groups;
        return normal(Math.sqrt(2 / fanOut), outputs, inputsPerGroup, kernel, kernel);
    }
}
