package dev.decant.optim;

import dev.decant.ModelException;
import dev.decant.tensor.FusedUpdate;
import dev.decant.tensor.Tensor;
import java.util.List;
import java.util.Map;

/** Stochastic gradient descent with momentum: b = m b + g + d p; p -= lr (g + d p + m b) with Nesterov, else lr b. */
public final class Sgd implements Optimizer {

    private final Slots slots;
    private final Config config;

    /** Momentum m and weight decay d. */
    public record Config(double momentum, boolean nesterov, double weightDecay) {
        public Config {
            if (nesterov && momentum <= 0) {
                throw new ModelException("nesterov needs momentum > 0, got " + momentum);
            }
        }
    }

    public Sgd(Map<String, Tensor> parameters, Config config) {
        slots = new Slots(parameters, List.of("momentum"));
        this.config = config;
    }

    @Override
    public void step(double lr) {
        for (boolean decays : new boolean[] {true, false}) {
            List<Slots.Slot> group = slots.active(decays);
            if (!group.isEmpty()) {
                FusedUpdate.sgd(
                        Slots.parameters(group),
                        Slots.grads(group),
                        Slots.memory(group, 0),
                        lr,
                        new FusedUpdate.Sgd(decays ? config.weightDecay : 0, config.momentum, config.nesterov));
            }
        }
    }

    @Override
    public Map<String, Tensor> state() {
        return slots.state();
    }
}
