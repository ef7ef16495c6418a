package dev.decant.optim;

import dev.decant.tensor.FusedUpdate;
import dev.decant.tensor.Ops;
import dev.decant.tensor.Tensor;
import java.util.List;
import java.util.Map;

/**
 * Adam as BERT was trained with it (Devlin et al. 2019; {@code BertAdam} of pytorch-pretrained-bert): the means are not
 * corrected for their start, p -= lr (m / (sqrt(v) + eps) + d p), and each tensor's gradient is cut to a norm of its own.
 */
public final class BertAdam implements Optimizer {

    /** At this step the fused update's corrections 1 - beta^t are 1 to the bit. */
    private static final double LATE = 1e9;

    private final Slots slots;
    private final Config config;
    private final Tensor steps = Tensor.scalar(LATE);

    /**
     * Averaging rates, eps, weight decay d.
     *
     * @param clipEach norm that each tensor's gradient is cut to; infinity for never
     */
    public record Config(double beta1, double beta2, double eps, double weightDecay, double clipEach) {}

    public BertAdam(Map<String, Tensor> parameters, Config config) {
        slots = new Slots(parameters, List.of("mean", "square"));
        this.config = config;
    }

    @Override
    public void step(double lr) {
        for (boolean decays : new boolean[] {true, false}) {
            List<Slots.Slot> group = slots.active(decays);
            if (!group.isEmpty()) {
                clip(group);
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

    private void clip(List<Slots.Slot> group) {
        if (config.clipEach < Double.POSITIVE_INFINITY) {
            group.forEach(s -> Ops.clipGradNorm(List.of(s.parameter()), config.clipEach));
        }
    }

    @Override
    public Map<String, Tensor> state() {
        return slots.state();
    }
}
