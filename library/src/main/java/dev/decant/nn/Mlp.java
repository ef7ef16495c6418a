package dev.decant.nn;

import dev.decant.tensor.Ops;
import dev.decant.tensor.Tensor;

/** Two linear maps with a GELU between; over the last dimension. */
public final class Mlp extends Module {

    private final Linear fc1;
    private final Linear fc2;

    public Mlp(long width, long hidden) {
        fc1 = child("fc1", new Linear(width, hidden));
        fc2 = child("fc2", new Linear(hidden, width));
    }

    public Tensor forward(Tensor x) {
        return fc2.forward(Ops.gelu(fc1.forward(x)));
    }
}
