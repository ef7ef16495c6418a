package dev.decant.quantize;

import dev.decant.tensor.Tensor;

/**
 * Learned clip values, one pair for the tensor (after PACT, Choi et al. 2018, arXiv 1805.06085, on both sides): x is clipped to
 * [low, high], then rounded to a {@link Grid}.
 *
 * <p>Gradients: dx = dy strictly inside; dhigh = sum of dy where x >= high, dlow where x <= low. They start at +-2.5.
 */
public final class LearnedClip extends CodeQuantizer {

    private static final double START = 2.5;

    private final Grid grid;
    private final Tensor low;
    private final Tensor high;

    public LearnedClip(Grid grid, Grouping grouping) {
        super(grouping);
        this.grid = grid;
        low = parameter("low", Tensor.full(-START, dev.decant.tensor.DType.F32, 1));
        high = parameter("high", Tensor.full(START, dev.decant.tensor.DType.F32, 1));
    }

    @Override
    public int lowest() {
        return grid.lowest();
    }

    @Override
    public int highest() {
        return grid.highest();
    }

    @Override
    public int bits() {
        return grid.bits();
    }

    @Override
    public String description() {
        return grid.words() + ", clip learned";
    }

    @Override
    boolean learns() {
        return low.requiresGrad();
    }

    @Override
    Codes grouped(Tensor groups) {
        return grid.codes(groups.clamp(low.item(), high.item()));
    }

    @Override
    Tensor passes(Tensor x) {
        return x.gt(low.item()).mul(x.lt(high.item()));
    }

    @Override
    Tensor differentiable(Tensor x) {
        Tensor y = straightThrough(x, passes(x.detach()), values(x));
        Tensor above = x.detach().ge(high.item());
        Tensor below = x.detach().gt(low.item()).logicalNot();
        return y.add(high.sub(high.detach()).mul(above).to(y.dtype()))
                .add(low.sub(low.detach()).mul(below).to(y.dtype()));
    }
}
