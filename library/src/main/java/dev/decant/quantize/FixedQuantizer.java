package dev.decant.quantize;

import dev.decant.ModelException;
import dev.decant.nn.Quantizer;
import dev.decant.tensor.DType;
import dev.decant.tensor.Tensor;

/**
 * Rounds to a {@link Grid} after clipping to [-c, c]; gradients go through strictly inside, -c < x < c, as in
 * TernaryBERT. With an infinite c nothing is clipped and all gradients go through.
 */
public final class FixedQuantizer extends CodeQuantizer {

    private final Grid grid;
    private final double clip;
    private boolean clips;

    /** @param clip above 0; infinity for none */
    public FixedQuantizer(Grid grid, Grouping grouping, double clip) {
        super(grouping);
        if (!(clip > 0)) {
            throw new ModelException("clip must be above 0, got " + clip);
        }
        this.grid = grid;
        this.clip = clip;
    }

    public Grid grid() {
        return grid;
    }

    /** Values are clipped to plus and minus this; infinity for none. */
    public double clip() {
        return clip;
    }

    @Override
    Codes grouped(Tensor groups) {
        return grid.codes(groups, clip);
    }

    /**
     * As any quantizer, but without a mask where nothing is clipped; and in bf16 the mask and its product are one operation. That
     * one keeps x, which in fp32 would be four times what the mask takes.
     */
    @Override
    Tensor differentiable(Tensor x) {
        boolean isInside = isInside(x);
        if (!isInside && x.dtype() != DType.BF16) {
            return super.differentiable(x);
        }
        Tensor clipped = isInside ? x.alias() : x.hardtanh(-clip, clip);
        clipped.setData(values(clipped, grid::codes)); // which its backward pass does not need
        return clipped;
    }

    /**
     * Whether it is known at little cost that nothing is clipped. On a GPU, asking would wait for all that is under way; and what
     * was clipped once will be again, so that it does not pay to ask.
     */
    private boolean isInside(Tensor x) {
        if (Double.isInfinite(clip)) {
            return true;
        }
        clips = clips
                || x.device().isCuda()
                || x.elements() == 0
                || x.detach().reshape(-1).maxAbs(0, false).item() >= clip;
        return !clips;
    }

    @Override
    boolean roundsApart() {
        return true;
    }

    @Override
    public boolean roundsRowByRow() {
        return grouping().kind() == Grouping.Kind.ROW;
    }

    /** Nothing is learned, so equal grids, groups and clips round alike. */
    @Override
    public boolean roundsLike(Quantizer other) {
        return other instanceof FixedQuantizer o
                && o.grid.equals(grid)
                && o.clip == clip
                && o.grouping().equals(grouping());
    }

    @Override
    Tensor passes(Tensor x) {
        return x.lt(clip).mul(x.gt(-clip));
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
        return grid.words();
    }
}
