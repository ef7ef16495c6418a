package dev.decant.optim;

import java.util.List;

/**
 * How gradients change the parameters of one {@link ParameterGroup}.
 *
 * <p>Weight decay spares biases and every other tensor of one dimension or none.
 */
public sealed interface UpdateRule permits Sgd, Adamw, BertAdam, Lamb {

    /** The names of the running averages that the rule keeps of each parameter. */
    List<String> averages();

    /** Updates every parameter that has a gradient, with this learning rate. */
    void update(GroupState group, double lr);
}
