package dev.decant.optim;

import dev.decant.tensor.Tensor;
import java.util.Map;

/**
 * Changes parameters by their gradients.
 *
 * <p>Weight decay spares biases and every other tensor of one dimension or none. Parameters without a gradient are left
 * alone. Not thread-safe.
 */
public sealed interface Optimizer permits Sgd, Adamw, BertAdam, Lamb {

    /** One update with this learning rate. */
    void step(double lr);

    /** Everything that must be saved to go on to the same bits, by name; the tensors themselves, not copies. */
    Map<String, Tensor> state();
}
