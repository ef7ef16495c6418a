package dev.decant.optim;

import dev.decant.tensor.FusedUpdate;
import dev.decant.tensor.Tensor;
import java.util.List;

/**
 * Adam with decoupled weight decay: p -= lr (m^ / (sqrt(v^) + eps) + d p) (Loshchilov and Hutter 2019).
 *
 * @param beta1 averaging rate of the gradient
 * @param beta2 averaging rate of its square
 * @param weightDecay d
 */
public record Adamw(double beta1, double beta2, double eps, double weightDecay) implements UpdateRule {

    @Override
    public List<String> averages() {
        return List.of("mean", "square");
    }

    @Override
    public void update(GroupState group, double lr) {
        for (boolean decays : new boolean[] {true, false}) {
            update(group.active(decays), group.steps(), lr, decays ? weightDecay : 0);
        }
    }

    /** @param steps number of this update, which corrects the averages for their start */
    void update(List<GroupState.Slot> active, Tensor steps, double lr, double decay) {
        if (!active.isEmpty()) {
            FusedUpdate.adamw(
                    GroupState.parameters(active),
                    GroupState.grads(active),
                    List.of(GroupState.memory(active, 0), GroupState.memory(active, 1)),
                    steps,
                    lr,
                    new FusedUpdate.Adamw(beta1, beta2, eps, decay));
        }
    }
}
