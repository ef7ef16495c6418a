package dev.decant.nn;

import dev.decant.tensor.Tensor;

/**
 * A factor from 0 to 1 for each head or neuron of a layer, which pruning learns; what sits in a {@link GateSlot}. Every
 * implementation is in package {@code prune}.
 */
public abstract class Gate extends Module {

    /** The factors of this forward pass, (n). */
    public abstract Tensor mask();
}
