package dev.decant.optim;

import dev.decant.ModelException;
import dev.decant.tensor.FusedUpdate;
import java.util.List;

/**
 * Stochastic gradient descent with momentum: b = m b + g + d p; p -= lr (g + d p + m b) with Nesterov, else lr b.
 *
 * @param momentum m
 * @param weightDecay d
 */
public record Sgd(double momentum, boolean nesterov, double weightDecay) implements UpdateRule {

    public Sgd {
        if (nesterov && momentum <= 0) {
            throw new ModelException("nesterov needs momentum > 0, got " + momentum);
        }
    }

    @Override
    public List<String> averages() {
        return momentum > 0 ? List.of("momentum") : List.of();
    }

    @Override
    public void update(GroupState group, double lr) {
        for (boolean decays : new boolean[] {true, false}) {
            List<GroupState.Slot> active = group.active(decays);
            if (!active.isEmpty()) {
                FusedUpdate.sgd(
                        GroupState.parameters(active),
                        GroupState.grads(active),
                        momentum > 0 ? GroupState.memory(active, 0) : List.of(),
                        lr,
                        new FusedUpdate.Sgd(decays ? weightDecay : 0, momentum, nesterov));
            }
        }
    }
}
