package dev.decant.nn;

import dev.decant.tensor.Ops;
import dev.decant.tensor.Tensor;

/** A vector for each of V indices: (...) to (..., D); starts normal with deviation 0.02. Slot {@code weight}. */
public final class Embedding extends Module {

    private final Tensor weight;
    private final Slot weightSlot = slot("weight", Slot.Kind.EMBEDDING);

    public Embedding(long rows, long width) {
        weight = parameter("weight", Init.normal(0.02, rows, width));
    }

    /** indices I64, from 0 to V - 1. */
    public Tensor forward(Tensor indices) {
        boolean fewRows = indices.elements() < weight.size(0)
                && weightSlot.quantizer().map(Quantizer::roundsRowByRow).orElse(false);
        if (fewRows) {
            Tensor rows = Ops.embedding(weight, indices);
            return weightSlot.apply(rows.reshape(-1, rows.size(-1))).reshape(rows.shape());
        }
        return Ops.embedding(weightSlot.apply(weight), indices);
    }

    /** (V, D). */
    public Tensor weight() {
        return weight;
    }
}
