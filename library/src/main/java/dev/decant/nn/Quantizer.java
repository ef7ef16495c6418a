package dev.decant.nn;

import dev.decant.tensor.Tensor;

/**
 * Rounds a tensor on its way through a layer to the values that a few bits can hold; what sits in a {@link Slot}.
 *
 * <p>What it learns or remembers (a step size, a clip value) is its parameters and buffers, saved with the layer. Every
 * implementation is in package {@code quantize}; a layer knows only that its slot may hold one.
 */
public abstract class Quantizer extends Module {

    /** The rounded tensor, of the same shape and type; gradients pass as the implementation says. */
    public abstract Tensor apply(Tensor x);

    /** Whether {@link #whole} gives whole numbers of whatever it is asked. */
    public boolean makesWhole() {
        return false;
    }

    /**
     * What {@link #apply} makes of x (..., K), without gradient, as whole numbers (R, K); all dimensions but the last are rows.
     *
     * @throws UnsupportedOperationException unless {@link #makesWhole}
     */
    public Int8Matrix whole(Tensor x) {
        throw new UnsupportedOperationException(getClass().getSimpleName());
    }

    /** Whether the rows of a matrix are rounded each by itself, so that some rows may be taken first and rounded then. */
    public boolean roundsRowByRow() {
        return false;
    }

    /** Whether it makes the same of every tensor as the other does, now and later. */
    public boolean roundsLike(Quantizer other) {
        return this == other;
    }
}
