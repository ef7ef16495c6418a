package dev.decant.nn;

import dev.decant.ModelException;
import dev.decant.tensor.Ops;
import dev.decant.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Two-dimensional convolution; x (N, C, H, W). Starts from He's normal values (fan-out), bias zero.
 * Slots {@code weight} and {@code input}.
 */
public final class Conv2d extends Module {

    private final Shape shape;
    private final Tensor weight;
    private final List<Tensor> bias;
    private final Slot weightSlot = slot("weight", Slot.Kind.WEIGHT);
    private final Slot inputSlot = slot("input", Slot.Kind.ACTIVATION);

    private final WeightCache frozen = new WeightCache();

    /** Kernel, stride, padding and groups; the same both ways. */
    public record Shape(long inputs, long outputs, long kernel, long stride, long padding, long groups) {
        public Shape {
            if (inputs % groups != 0 || outputs % groups != 0) {
                throw new ModelException("a convolution of " + inputs + " to " + outputs + " channels cannot have "
                        + groups + " groups");
            }
        }
    }

    public Conv2d(Shape shape, boolean withBias) {
        this(
                shape,
                Init.kaimingFanOut(shape.outputs, shape.inputs / shape.groups, shape.kernel, shape.groups),
                withBias ? List.of(Init.zeros(shape.outputs)) : List.of());
    }

    /** From initial values; weight (O, I/groups, k, k), bias (O) or none. */
    public Conv2d(Shape shape, Tensor weight, List<Tensor> bias) {
        this.shape = shape;
        this.weight = parameter("weight", weight);
        this.bias = bias.stream().map(b -> parameter("bias", b)).toList();
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

    /** Patches to vectors from the framework's own initial values: uniform within 1/sqrt(fan-in). */
    public static Conv2d uniformPatches(long inputs, long outputs, long patch) {
        long fanIn = inputs * patch * patch;
        return new Conv2d(
                new Shape(inputs, outputs, patch, patch, 0, 1),
                Init.uniformFanIn(fanIn, outputs, inputs, patch, patch),
                List.of(Init.uniformFanIn(fanIn, outputs)));
    }

    public Tensor forward(Tensor x) {
        return Ops.conv2d(
                inputSlot.apply(x), frozen.weight(weight, weightSlot), bias, shape.stride, shape.padding, groups());
    }

    /** A depthwise convolution has as many as it has filters left. */
    private long groups() {
        return shape.groups > 1 && shape.groups == shape.inputs ? weight.size(0) : shape.groups;
    }

    /** Where channels lie that this convolution makes; in a depthwise one those are the channels that it takes. */
    public List<PrunableAxis> outputs() {
        List<PrunableAxis> lanes = new ArrayList<>(List.of(new PrunableAxis(weight, 0)));
        bias.forEach(b -> lanes.add(new PrunableAxis(b, 0)));
        return lanes;
    }

    /** Where channels lie that this convolution takes. */
    public List<PrunableAxis> inputs() {
        return List.of(new PrunableAxis(weight, 1));
    }

    /** The convolution and the norm after it: in one pass if nothing in them changes, as in a teacher. */
    public Tensor forward(Tensor x, BatchNorm2d norm) {
        if (!norm.isFrozen() || weight.requiresGrad() || weightSlot.isFilled() || inputSlot.isFilled()) {
            return norm.forward(forward(x));
        }
        List<Tensor> from = new ArrayList<>(List.of(weight));
        from.addAll(bias);
        from.addAll(norm.tensors());
        List<Tensor> both = frozen.of(from, () -> joined(norm));
        return Ops.conv2d(x, both.get(0), both.subList(1, 2), shape.stride, shape.padding, groups());
    }

    private List<Tensor> joined(BatchNorm2d norm) {
        Tensor scale = norm.scale(); // (O)
        Tensor shift = norm.shift(scale);
        for (Tensor b : bias) {
            shift = shift.add(b.mul(scale));
        }
        return List.of(weight.mul(scale.reshape(-1, 1, 1, 1)), shift);
    }

    public Tensor weight() {
        return weight;
    }
}
