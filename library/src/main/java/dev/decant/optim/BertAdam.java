package dev.decant.optim;

import dev.decant.tensor.Ops;
import dev.decant.tensor.Tensor;
import java.util.List;

/**
 * Adam as BERT was trained with it (Devlin et al. 2019; {@code BertAdam} of pytorch-pretrained-bert): the means are not
 * corrected for their start, p -= lr (m / (sqrt(v) + eps) + d p), and each tensor's gradient is clipped to a norm of its own.
 *
 * @param beta1 averaging rate of the gradient
 * @param beta2 averaging rate of its square
 * @param weightDecay d
 * @param clipEach norm that each tensor's gradient is clipped to; infinity for never
 */
public record BertAdam(double beta1, double beta2, double eps, double weightDecay, double clipEach)
        implements UpdateRule {

    /** At this step the fused update's corrections 1 - beta^t are 1 to the bit. */
    private static final double LATE = 1e9;

    @Override
    public List<String> averages() {
        return List.of("mean", "square");
    }

    @Override
    public void update(GroupState group, double lr) {
        Adamw adamw = new Adamw(beta1, beta2, eps, weightDecay);
        Tensor late = Tensor.scalar(LATE);
        for (boolean decays : new boolean[] {true, false}) {
            List<GroupState.Slot> active = group.active(decays);
            clip(active);
            adamw.update(active, late, lr, decays ? weightDecay : 0);
        }
    }

    private void clip(List<GroupState.Slot> active) {
        if (clipEach < Double.POSITIVE_INFINITY) {
            active.forEach(s -> Ops.clipGradNorm(List.of(s.parameter()), clipEach));
        }
    }
}
