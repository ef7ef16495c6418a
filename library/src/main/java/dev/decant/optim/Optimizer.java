package dev.decant.optim;

import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Ops;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Changes parameters by their gradients, each {@link ParameterGroup} by its own rule and learning rate.
 *
 * <p>Parameters without a gradient are left alone. Not thread-safe.
 */
public final class Optimizer {

    private final List<GroupState> groups;
    private final IdentityHashMap<Tensor, ParameterGroup> groupOf = new IdentityHashMap<>();

    /** @throws IllegalArgumentException if two groups share a name or a parameter */
    public Optimizer(List<ParameterGroup> groups) {
        if (groups.stream().map(ParameterGroup::name).distinct().count() < groups.size()) {
            throw new IllegalArgumentException("two parameter groups have the same name: "
                    + String.join(
                            ", ", groups.stream().map(ParameterGroup::name).toList()));
        }
        for (ParameterGroup group : groups) {
            group.parameters().forEach((name, p) -> {
                ParameterGroup other = groupOf.put(p, group);
                if (other != null) {
                    throw new IllegalArgumentException("parameter '" + name + "' is in the groups '" + other.name()
                            + "' and '" + group.name() + "'; it can be in one");
                }
            });
        }
        this.groups = groups.stream().map(GroupState::new).toList();
    }

    /** Parameters in one group, at the schedule's rate. */
    public static Optimizer of(Map<String, Tensor> parameters, UpdateRule rule) {
        return new Optimizer(List.of(ParameterGroup.of("network", parameters, rule)));
    }

    /**
     * Scales gradients down to a joint norm over all groups that are clipped.
     *
     * @param norm infinity for never
     */
    public void clip(double norm) {
        if (norm < Double.POSITIVE_INFINITY) {
            Ops.clipGradNorm(
                    groups.stream()
                            .filter(g -> g.group().isClipped())
                            .flatMap(g -> g.withGradient().stream())
                            .toList(),
                    norm);
        }
    }

    /**
     * One update of every group. The gradients of groups that ascend change their sign.
     *
     * @param lr of the schedule
     */
    public void step(double lr) {
        try (Scope scope = Scope.open();
                NoGrad quiet = NoGrad.open()) {
            groups.forEach(g -> g.step(lr));
        }
    }

    public void clearGrads() {
        groups.forEach(GroupState::clearGrads);
    }

    /** Those of a model's tensors that a moving average covers: all except the parameters of groups that are not averaged. */
    public Map<String, Tensor> averaged(Map<String, Tensor> state) {
        Map<String, Tensor> covered = new LinkedHashMap<>(state);
        covered.values().removeIf(t -> {
            ParameterGroup group = groupOf.get(t);
            return group != null && !group.isAveraged();
        });
        return covered;
    }

    /** Everything that must be saved to go on to the same bits, by name; the tensors themselves, not copies. */
    public Map<String, Tensor> state() {
        Map<String, Tensor> all = new LinkedHashMap<>();
        groups.forEach(g -> all.putAll(g.saved()));
        return all;
    }
}
