package dev.decant.nn;

import dev.decant.tensor.Ops;
import dev.decant.tensor.Tensor;

/** Two linear maps with a GELU between; over the last dimension. */
public final class Mlp extends Module {

    private final Linear fc1;
    private final Linear fc2;

    public Mlp(long width, long hidden) {
        this(new Linear(width, hidden), new Linear(hidden, width));
    }

    /** From two maps with initial values of their own. */
    public Mlp(Linear fc1, Linear fc2) {
        this.fc1 = child("fc1", fc1);
        this.fc2 = child("fc2", fc2);
    }

    public Tensor forward(Tensor x) {
        return fc2.forward(Ops.gelu(fc1.forward(x)));
    }
}
