package dev.decant.optim;

import dev.decant.tensor.FusedUpdate;
import dev.decant.tensor.Tensor;
import java.util.List;
import java.util.Map;

/** Adam with decoupled weight decay: p -= lr (m^ / (sqrt(v^) + eps) + d p) (Loshchilov and Hutter 2019). */
public final class Adamw implements Optimizer {

    private final Slots slots;
    private final Config config;
    private final Tensor steps = Tensor.scalar(0);

    /** Averaging rates, eps and weight decay d. */
    public record Config(double beta1, double beta2, double eps, double weightDecay) {}

    public Adamw(Map<String, Tensor> parameters, Config config) {
        slots = new Slots(parameters, List.of("mean", "square"));
        this.config = config;
    }

    @Override
    public void step(double lr) {
        steps.addInPlace(steps.onesLike(), 1);
        for (boolean decays : new boolean[] {true, false}) {
            List<Slots.Slot> group = slots.active(decays);
            if (!group.isEmpty()) {
                FusedUpdate.adamw(
                        Slots.parameters(group),
                        Slots.grads(group),
                        List.of(Slots.memory(group, 0), Slots.memory(group, 1)),
                        steps,
                        lr,
                        new FusedUpdate.Adamw(config.beta1, config.beta2, config.eps, decays ? config.weightDecay : 0));
            }
        }
    }

    @Override
    public Map<String, Tensor> state() {
        Map<String, Tensor> state = slots.state();
        state.put("steps", steps);
        return state;
    }
}
