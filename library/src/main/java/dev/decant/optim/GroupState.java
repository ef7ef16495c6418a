package dev.decant.optim;

import dev.decant.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a rule remembers of a group: the running averages of each parameter, and the number of updates. */
final class GroupState {

    private final ParameterGroup group;
    private final List<Slot> slots = new ArrayList<>();
    private final Tensor steps = Tensor.scalar(0);

    /** One parameter with its running averages; vectors and scalars do not decay. */
    record Slot(String name, Tensor parameter, List<Tensor> memory, boolean decays) {}

    GroupState(ParameterGroup group) {
        this.group = group;
        int averages = group.rule().averages().size();
        group.parameters().forEach((name, p) -> {
            List<Tensor> memory = new ArrayList<>();
            for (int i = 0; i < averages; i++) {
                memory.add(p.detach().zerosLike());
            }
            slots.add(new Slot(name, p, List.copyOf(memory), p.rank() > 1));
        });
    }

    ParameterGroup group() {
        return group;
    }

    /** Counts one update, negates the gradients of a group that ascends, and lets the rule move the parameters. */
    void step(double scheduled) {
        steps.addInPlace(steps.onesLike(), 1);
        if (group.direction() == ParameterGroup.Direction.ASCENT) {
            withGradient().forEach(p -> p.grad().mulInPlace(-1));
        }
        group.rule().update(this, group.rate().applyAsDouble(scheduled));
    }

    /** The number of this update, from 1, a scalar. */
    Tensor steps() {
        return steps;
    }

    /** Slots with a gradient, that decay or do not. */
    List<Slot> active(boolean decaying) {
        return slots.stream()
                .filter(s -> s.decays == decaying && s.parameter.hasGrad())
                .toList();
    }

    /** Parameters that have a gradient, in the order of the group. */
    List<Tensor> withGradient() {
        return slots.stream().map(Slot::parameter).filter(Tensor::hasGrad).toList();
    }

    void clearGrads() {
        slots.forEach(s -> s.parameter.clearGrad());
    }

    /** Everything remembered, under the group's name: {@code network.mean.model.fc.weight}. */
    Map<String, Tensor> saved() {
        Map<String, Tensor> all = new LinkedHashMap<>();
        List<String> averages = group.rule().averages();
        for (int i = 0; i < averages.size(); i++) {
            for (Slot s : slots) {
                all.put(group.name() + "." + averages.get(i) + "." + s.name, s.memory.get(i));
            }
        }
        all.put(group.name() + ".steps", steps);
        return all;
    }

    static List<Tensor> parameters(List<Slot> slots) {
        return slots.stream().map(Slot::parameter).toList();
    }

    static List<Tensor> grads(List<Slot> slots) {
        return slots.stream().map(s -> s.parameter.grad()).toList();
    }

    static List<Tensor> memory(List<Slot> slots, int which) {
        return slots.stream().map(s -> s.memory.get(which)).toList();
    }
}
