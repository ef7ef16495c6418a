package dev.decant.nn;

import dev.decant.tensor.Ops;
import dev.decant.tensor.Tensor;
import java.util.function.UnaryOperator;

/** Two linear maps with an activation between, GELU unless said; over the last dimension. Gate {@code neurons} after it. */
public final class Mlp extends Module {

    private final Linear fc1;
    private final Linear fc2;
    private final UnaryOperator<Tensor> activation;
    private final GateSlot neurons;

    public Mlp(long width, long hidden) {
        this(new Linear(width, hidden), new Linear(hidden, width));
    }

    /** With another activation. */
    public Mlp(long width, long hidden, UnaryOperator<Tensor> activation) {
        this(new Linear(width, hidden), new Linear(hidden, width), activation);
    }

    /** From two maps with initial values of their own. */
    public Mlp(Linear fc1, Linear fc2) {
        this(fc1, fc2, Ops::gelu);
    }

    private Mlp(Linear fc1, Linear fc2, UnaryOperator<Tensor> activation) {
        this.activation = activation;
        this.fc1 = child("fc1", fc1);
        this.fc2 = child("fc2", fc2);
        long hidden = fc1.weight().size(0);
        neurons =
                gate("neurons", hidden, fc1.weight().size(1) + 1 + fc2.weight().size(0));
        neurons.over(fc1.outputs(1, 1));
        neurons.over(fc2.inputs(1));
    }

    public Tensor forward(Tensor x) {
        Tensor hidden = activation.apply(fc1.forward(x)); // (..., H)
        return fc2.gated(hidden, neurons);
    }
}
