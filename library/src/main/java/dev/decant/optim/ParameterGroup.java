package dev.decant.optim;

import dev.decant.tensor.Tensor;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;

/**
 * Parameters that an {@link Optimizer} treats alike.
 *
 * @param name unique within the optimizer; what the rule remembers is saved under it
 * @param parameters by names unique within the group
 * @param rule with the group's own weight decay and averaging rates
 * @param rate the group's learning rate for that of the schedule
 * @param direction whether the group minimizes or maximizes the objective
 * @param isClipped whether its gradients count in the joint norm and are scaled down with it
 * @param isAveraged whether a moving average of the weights covers it
 */
public record ParameterGroup(
        String name,
        Map<String, Tensor> parameters,
        UpdateRule rule,
        DoubleUnaryOperator rate,
        Direction direction,
        boolean isClipped,
        boolean isAveraged) {

    /** Which way along its gradient a group moves. */
    public enum Direction {
        DESCENT,
        ASCENT
    }

    public ParameterGroup {
        parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    }

    /** Parameters that descend at the schedule's rate, are clipped and are averaged. */
    public static ParameterGroup of(String name, Map<String, Tensor> parameters, UpdateRule rule) {
        return new ParameterGroup(name, parameters, rule, lr -> lr, Direction.DESCENT, true, true);
    }

    public ParameterGroup named(String other) {
        return new ParameterGroup(other, parameters, rule, rate, direction, isClipped, isAveraged);
    }

    /** The same at another learning rate, as a function of the schedule's: {@code lr -> 10 * lr}, {@code lr -> 0.01}. */
    public ParameterGroup at(DoubleUnaryOperator other) {
        return new ParameterGroup(name, parameters, rule, other, direction, isClipped, isAveraged);
    }

    /** The same, maximizing: its gradients change their sign before the update, so weight decay still shrinks. */
    public ParameterGroup ascending() {
        return new ParameterGroup(name, parameters, rule, rate, Direction.ASCENT, isClipped, isAveraged);
    }

    public ParameterGroup unclipped() {
        return new ParameterGroup(name, parameters, rule, rate, direction, false, isAveraged);
    }

    public ParameterGroup unaveraged() {
        return new ParameterGroup(name, parameters, rule, rate, direction, isClipped, false);
    }
}
