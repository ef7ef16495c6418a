package dev.decant.nn;

import dev.decant.tensor.Ops;
import dev.decant.tensor.Tensor;

/** Two linear maps with a GELU between; over the last dimension. Gate {@code neurons} after the GELU. */
public final class Mlp extends Module {

    private final Linear fc1;
    private final Linear fc2;
    private final GateSlot neurons;

    public Mlp(long width, long hidden) {
        this(new Linear(width, hidden), new Linear(hidden, width));
    }

    /** From two maps with initial values of their own. */
    public Mlp(Linear fc1, Linear fc2) {
        this.fc1 = child("fc1", fc1);
        this.fc2 = child("fc2", fc2);
        long hidden = fc1.weight().size(0);
        neurons =
                gate("neurons", hidden, fc1.weight().size(1) + 1 + fc2.weight().size(0));
        neurons.over(fc1.outputs(1, 1));
        neurons.over(fc2.inputs(1));
    }

    public Tensor forward(Tensor x) {
        Tensor hidden = Ops.gelu(fc1.forward(x)); // (..., H)
        return fc2.forward(neurons.apply(hidden, hidden.rank() - 1));
    }
}
