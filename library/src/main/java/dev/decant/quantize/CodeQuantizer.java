package dev.decant.quantize;

import dev.decant.nn.Quantizer;
import dev.decant.tensor.DType;
import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import java.util.function.Function;

/**
 * A quantizer whose output is codes times scale. Forward it gives exactly that; backward it lets gradients through
 * (straight-through estimator, Bengio et al. 2013, arXiv 1308.3432) where {@link #passes} says so.
 */
public abstract class CodeQuantizer extends Quantizer {

    private final Grouping grouping;

    protected CodeQuantizer(Grouping grouping) {
        this.grouping = grouping;
    }

    public final Grouping grouping() {
        return grouping;
    }

    /** The codes of x, in groups; outside any graph. */
    public final Codes codes(Tensor x) {
        try (NoGrad quiet = NoGrad.open()) {
            return grouped(grouping.split(precise(x.detach())));
        }
    }

    /** What the layer computes with, of the shape and type of x. */
    @Override
    public final Tensor apply(Tensor x) {
        start(x);
        return learns() || x.requiresGrad() ? Scope.only(() -> differentiable(x)) : values(x);
    }

    /** Smallest and largest code. */
    public abstract int lowest();

    public abstract int highest();

    /** Bits that hold a code. */
    public int bits() {
        return 32 - Integer.numberOfLeadingZeros(highest() - lowest());
    }

    /** In words, for reports: {@code twn, per row}. */
    public abstract String description();

    /** Codes of groups (G, K), in F32 or F64, without graph. */
    abstract Codes grouped(Tensor groups);

    /** Where gradients go through, as 1 and 0 of the shape of x. */
    abstract Tensor passes(Tensor x);

    /** What it needs to know before it sees its first tensor. */
    void start(Tensor x) {}

    boolean learns() {
        return false;
    }

    /** The values, without graph. */
    final Tensor values(Tensor x) {
        return values(x, this::grouped);
    }

    /** The values by other codes than {@link #grouped}. */
    final Tensor values(Tensor x, Function<Tensor, Codes> codes) {
        return Scope.only(() -> {
            try (NoGrad quiet = NoGrad.open()) {
                Tensor groups = grouping.split(precise(x.detach()));
                return codes.apply(groups).intoValues().reshape(x.shape()).to(x.dtype());
            }
        });
    }

    /** The values with a graph. */
    Tensor differentiable(Tensor x) {
        return straightThrough(x, passes(x.detach()), values(x));
    }

    /** The values, with the gradient of x * mask. */
    static Tensor straightThrough(Tensor x, Tensor mask, Tensor values) {
        Tensor through =
                x.mul(mask.to(x.dtype())); // its backward pass needs the mask alone, so its own values can be replaced
        through.setData(values);
        return through;
    }

    /** Codes are found in at least single precision. */
    static Tensor precise(Tensor x) {
        return x.dtype() == DType.F64 ? x : x.to(DType.F32);
    }
}
