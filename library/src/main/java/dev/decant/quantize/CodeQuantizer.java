package dev.decant.quantize;

import dev.decant.nn.Int8Matrix;
import dev.decant.nn.Quantizer;
import dev.decant.tensor.DType;
import dev.decant.tensor.NoGrad;
import dev.decant.tensor.RowChunks;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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

    /** Where codes fit a byte and a row has one scale. Codes from 0 are counted from 128, which the offset makes up for. */
    @Override
    public final boolean makesWhole() {
        return grouping.kind() != Grouping.Kind.BLOCK
                && lowest() >= middle() + Byte.MIN_VALUE
                && highest() <= middle() + Byte.MAX_VALUE;
    }

    private int middle() {
        return highest() > Byte.MAX_VALUE ? -Byte.MIN_VALUE : 0;
    }

    @Override
    public final Int8Matrix whole(Tensor x) {
        try (NoGrad quiet = NoGrad.open()) {
            start(x);
            Tensor groups = grouping.split(precise(x.detach()));
            if (!roundsApart() || !RowChunks.help(groups)) {
                Int8Matrix whole = whole(grouped(groups));
                return new Int8Matrix(whole.codes().reshape(-1, x.size(-1)), whole.scale(), whole.offset());
            }
            List<Int8Matrix> parts = new ArrayList<>();
            Tensor codes = Tensor.empty(DType.I8, groups.shape());
            Scope.Place here = Scope.here();
            RowChunks.each(groups.size(0), groups.size(1), (from, count) -> {
                Int8Matrix part = whole(grouped(groups.narrow(0, from, count)));
                codes.narrow(0, from, count).copyFrom(part.codes());
                parts.add(new Int8Matrix(
                        codes, here.hold(part.scale()), part.offset().map(here::hold)));
            });
            List<Tensor> offsets =
                    parts.stream().flatMap(p -> p.offset().stream()).toList();
            return new Int8Matrix(
                    codes.reshape(-1, x.size(-1)),
                    Tensor.cat(parts.stream().map(Int8Matrix::scale).toList(), 0),
                    offsets.isEmpty() ? Optional.empty() : Optional.of(Tensor.cat(offsets, 0)));
        }
    }

    private Int8Matrix whole(Codes found) {
        int middle = middle();
        if (middle == 0) {
            return new Int8Matrix(found.codes().to(DType.I8), found.scale(), found.offset());
        }
        Tensor shift = found.scale().mul(middle);
        Tensor offset = found.offset().map(shift::add).orElse(shift);
        return new Int8Matrix(found.codes().sub(middle).to(DType.I8), found.scale(), Optional.of(offset));
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
                return rounded(groups, codes).reshape(x.shape()).to(x.dtype());
            }
        });
    }

    private Tensor rounded(Tensor groups, Function<Tensor, Codes> codes) {
        if (!roundsApart() || !RowChunks.help(groups)) {
            return codes.apply(groups).intoValues();
        }
        Tensor values = Tensor.empty(groups.dtype(), groups.shape());
        RowChunks.each(groups.size(0), groups.size(1), (from, count) -> values.narrow(0, from, count)
                .copyFrom(codes.apply(groups.narrow(0, from, count)).intoValues()));
        return values;
    }

    /** Whether what a group is rounded to depends on that group alone, not on its place or on others. */
    boolean roundsApart() {
        return false;
    }

    /** The values with a graph. */
    Tensor differentiable(Tensor x) {
        return straightThrough(x, passes(x.detach()), values(x));
    }

    /**
     * The values, with the gradient of x * mask. In bf16 the mask takes the type of x, since products of two types are slow; in
     * others it keeps a byte for each value until the backward pass.
     */
    static Tensor straightThrough(Tensor x, Tensor mask, Tensor values) {
        Tensor through = x.mul(x.dtype() == DType.BF16 ? mask.to(x.dtype()) : mask);
        // its backward pass needs the mask alone, so its own values can be replaced
        through.setData(values);
        return through;
    }

    /** Codes are found in at least single precision. */
    static Tensor precise(Tensor x) {
        return x.dtype() == DType.F64 ? x : x.to(DType.F32);
    }
}
