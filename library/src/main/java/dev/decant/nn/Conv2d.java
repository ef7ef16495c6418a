package dev.decant.nn;

import dev.decant.tensor.Ops;
import dev.decant.tensor.Tensor;
import java.util.List;

/** Two-dimensional convolution; x (N, C, H, W). Starts from He's normal values (fan-out), bias zero. */
public final class Conv2d extends Module {

    private final Shape shape;
    private final Tensor weight;
    private final List<Tensor> bias;

    /** Kernel, stride, padding and groups; the same both ways. */
    public record Shape(long inputs, long outputs, long kernel, long stride, long padding, long groups) {
        public Shape {
            if (inputs % groups != 0 || outputs % groups != 0) {
                throw new IllegalArgumentException("a convolution of " + inputs + " to " + outputs
                        + " channels cannot have " + groups + " groups");
            }
        }
    }

    public Conv2d(Shape shape, boolean withBias) {
        this.shape = shape;
        weight = parameter(
                "weight", Init.kaimingFanOut(shape.outputs, shape.inputs / shape.groups, shape.kernel, shape.groups));
        bias = withBias ? List.of(parameter("bias", Init.zeros(shape.outputs))) : List.of();
    }

    /** Without bias. */
    public Conv2d(long inputs, long outputs, long kernel, long stride, long padding) {
        this(new Shape(inputs, outputs, kernel, stride, padding, 1), false);
    }

    /** One filter per channel, padded to keep the size at stride 1, without bias. */
    public static Conv2d depthwise(long channels, long kernel, long stride) {
        return new Conv2d(new Shape(channels, channels, kernel, stride, kernel / 2, channels), false);
    }

    /** 1x1, without bias. */
    public static Conv2d pointwise(long inputs, long outputs) {
        return new Conv2d(inputs, outputs, 1, 1, 0);
    }

    /** Kernel equal to stride, with bias: patches to vectors. */
    public static Conv2d patches(long inputs, long outputs, long patch) {
        return new Conv2d(new Shape(inputs, outputs, patch, patch, 0, 1), true);
    }

    public Tensor forward(Tensor x) {
        return Ops.conv2d(x, weight, bias, shape.stride, shape.padding, shape.groups);
    }

    public Tensor weight() {
        return weight;
    }
}
