package dev.decant.prune;

import dev.decant.nn.Gate;
import dev.decant.tensor.Tensor;

/** A gate that is decided: closed for some units, to see what a network does without them before they are removed. */
public final class FixedMask extends Gate {

    private final Tensor mask;

    /**
     * Opens these units and closes the others.
     *
     * @param units of the slot
     * @param kept ascending, from 0
     */
    public FixedMask(long units, long... kept) {
        mask = constant(open(units, kept));
    }

    /** (units): 1 for the kept ones, else 0. */
    static Tensor open(long units, long... kept) {
        float[] open = new float[(int) units];
        for (long unit : kept) {
            open[(int) unit] = 1;
        }
        return Tensor.of(open, units);
    }

    @Override
    public Tensor mask() {
        return mask;
    }
}
