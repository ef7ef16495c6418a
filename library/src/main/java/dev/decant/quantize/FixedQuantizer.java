package dev.decant.quantize;

import dev.decant.tensor.Tensor;

/**
 * Rounds to a {@link Grid} after clipping to [-c, c]; gradients go through strictly inside, -c < x < c, as in
 * TernaryBERT. With an infinite c nothing is clipped and all gradients go through.
 */
public final class FixedQuantizer extends CodeQuantizer {

    private final Grid grid;
    private final double clip;

    /** @param clip above 0; infinity for none */
    public FixedQuantizer(Grid grid, Grouping grouping, double clip) {
        super(grouping);
        if (!(clip > 0)) {
            throw new IllegalArgumentException("clip must be above 0, got " + clip);
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
        return grid.codes(Double.isInfinite(clip) ? groups : groups.clamp(-clip, clip));
    }

    @Override
    Tensor passes(Tensor x) {
        return x.abs().lt(clip);
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
