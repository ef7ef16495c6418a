package dev.decant.nn;

import dev.decant.tensor.Autocast;
import dev.decant.tensor.DType;
import dev.decant.tensor.Device;
import dev.decant.tensor.Engine;
import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Ops;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** y = x W' + b; x (..., I), W (O, I). Slots {@code weight} and {@code input}. */
public final class Linear extends Module {

    private final Tensor weight;
    private final List<Tensor> bias;
    private final Slot weightSlot = slot("weight", Slot.Kind.WEIGHT);
    private final Slot inputSlot = slot("input", Slot.Kind.ACTIVATION);

    private final WeightCache frozen = new WeightCache();

    /** Weights normal with deviation 0.02, bias zero: what transformers and classifiers here start from. */
    public Linear(long inputs, long outputs, boolean withBias) {
        this(Init.normal(0.02, outputs, inputs), withBias ? List.of(Init.zeros(outputs)) : List.of());
    }

    public Linear(long inputs, long outputs) {
        this(inputs, outputs, true);
    }

    /** From initial values; weight (O, I), bias (O) or none. */
    public Linear(Tensor weight, List<Tensor> bias) {
        this.weight = parameter("weight", weight);
        this.bias = bias.stream().map(b -> parameter("bias", b)).toList();
    }

    /** The framework's own initial values: uniform within 1/sqrt(I). */
    public static Linear uniform(long inputs, long outputs) {
        return new Linear(Init.uniformFanIn(inputs, outputs, inputs), List.of(Init.uniformFanIn(inputs, outputs)));
    }

    public Tensor forward(Tensor x) {
        return product(rounded(x));
    }

    /**
     * Of x (..., I), whose columns belong to the units of a gate, as many to each, times their factors. The factors are taken
     * into the weight, in the type of x, where that is less to read and write than x and nothing is rounded.
     */
    public Tensor gated(Tensor x, GateSlot gate) {
        if (!gate.isFilled()) {
            return forward(x);
        }
        boolean isPlain = !weightSlot.isFilled() && !inputSlot.isFilled();
        if (isPlain && weight.elements() <= x.elements()) {
            return Ops.linear(x, gate.columns(weight.to(x.dtype())), bias);
        }
        return forward(gate.columns(x));
    }

    /** What enters the product: x as the input slot leaves it, in the type that products are computed in. */
    public LinearInput rounded(Tensor x) {
        if (!multipliesBytes(x)) {
            return LinearInput.numbers(Autocast.cast(inputSlot.apply(x)));
        }
        try (Scope scope = Scope.open()) {
            return LinearInput.whole(x, inputSlot.whole(x).orElseThrow().mapped(scope::keep));
        }
    }

    /** As {@link #rounded(Tensor)}: what another map of the same x takes, if both round alike. */
    public LinearInput rounded(Tensor x, Linear other, LinearInput others) {
        return inputSlot.roundsLike(other.inputSlot) ? others : rounded(x);
    }

    /** Of an input that is rounded already, as several maps of one input share it. */
    public Tensor product(LinearInput x) {
        Optional<Int8Matrix> codes = x.whole().flatMap(w -> frozen.whole(weight, weightSlot));
        return codes.isPresent()
                ? Scope.only(() -> x.shaped(x.whole().orElseThrow().times(codes.get(), bias), computed(x.dtype())))
                : Ops.linear(x.values(), frozen.weight(weight, weightSlot), bias);
    }

    /** Where both sides are rounded and nothing learns, whole numbers are multiplied: exact, and faster than fp32. */
    private boolean multipliesBytes(Tensor x) {
        return inputSlot.mayBeWhole()
                && weightSlot.mayBeWhole()
                && !isTraining()
                && WeightCache.nothingLearns()
                && !x.device().isCuda()
                && Engine.bytesAreFast();
    }

    private static DType computed(DType given) {
        return Autocast.isOn(Device.CPU) ? DType.BF16 : given;
    }

    /** The weight as the forward pass uses it, (O, I): rounded if its slot is filled. */
    public Tensor usedWeight() {
        return weightSlot.apply(weight);
    }

    public Tensor weight() {
        return weight;
    }

    /** Another map with the same values. */
    public Linear copy() {
        try (NoGrad quiet = NoGrad.open()) {
            return new Linear(weight.copy(), bias.stream().map(Tensor::copy).toList());
        }
    }

    /** Where units lie that this map makes: rows of the weight, places of the bias. */
    public List<PrunableAxis> outputs(long parts, long width) {
        List<PrunableAxis> lanes = new ArrayList<>(List.of(new PrunableAxis(weight, 0, parts, width)));
        bias.forEach(b -> lanes.add(new PrunableAxis(b, 0, parts, width)));
        return lanes;
    }

    /** Where units lie that this map takes: columns of the weight. */
    public List<PrunableAxis> inputs(long width) {
        return List.of(new PrunableAxis(weight, 1, 1, width));
    }
}
