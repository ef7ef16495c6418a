package dev.decant.nn;

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
