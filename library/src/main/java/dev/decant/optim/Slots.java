package dev.decant.optim;

import dev.decant.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The parameters an optimizer works on, each with its running averages, in a group that decays and one that does not. */
final class Slots {

    private final List<Slot> slots = new ArrayList<>();
    private final List<String> averages;

    /** One parameter and what the optimizer remembers of it. */
    record Slot(String name, Tensor parameter, List<Tensor> memory, boolean decays) {}

    Slots(Map<String, Tensor> parameters, List<String> averages) {
        this.averages = averages;
        parameters.forEach((name, p) -> slots.add(new Slot(
                name, p, averages.stream().map(a -> p.detach().zerosLike()).toList(), p.rank() > 1)));
    }

    /** Those with a gradient, that decay or do not. */
    List<Slot> active(boolean decaying) {
        return slots.stream()
                .filter(s -> s.decays == decaying && s.parameter.hasGrad())
                .toList();
    }

    Map<String, Tensor> state() {
        Map<String, Tensor> all = new LinkedHashMap<>();
        for (int i = 0; i < averages.size(); i++) {
            for (Slot s : slots) {
                all.put(averages.get(i) + "." + s.name, s.memory.get(i));
            }
        }
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
