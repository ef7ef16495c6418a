package dev.decant.optim;

import dev.decant.tensor.Tensor;
import java.util.List;

/**
 * Layer-wise adaptive moments (You et al. 2020): Adam's direction u with weight decay added, scaled per tensor by
 * |p| / |u|.
 *
 * <p>As in timm 0.6: the joint gradient of the group is first scaled to norm 1 at most, moments are corrected for their start,
 * and tensors that do not decay are not scaled by the trust ratio either.
 *
 * @param beta1 averaging rate of the gradient
 * @param beta2 averaging rate of its square
 */
public record Lamb(double beta1, double beta2, double eps, double weightDecay) implements UpdateRule {

    private static final double GRAD_NORM = 1;

    @Override
    public List<String> averages() {
        return List.of("mean", "square");
    }

    @Override
    public void update(GroupState group, double lr) {
        double t = group.steps().item();
        double scale = 1 / Math.max(1, gradNorm(group) / GRAD_NORM);
        for (boolean decays : new boolean[] {true, false}) {
            group.active(decays).forEach(s -> update(s, scale, t, lr));
        }
    }

    private static double gradNorm(GroupState group) {
        double sum = 0;
        for (boolean decays : new boolean[] {true, false}) {
            for (Tensor g : GroupState.grads(group.active(decays))) {
                sum += g.square().sum().item();
            }
        }
        return Math.sqrt(sum);
    }

    private void update(GroupState.Slot s, double gradScale, double t, double lr) {
        Tensor grad = s.parameter().grad().mul(gradScale);
        Tensor mean = s.memory().get(0).lerpInPlace(grad, 1 - beta1);
        Tensor square = s.memory().get(1).lerpInPlace(grad.square(), 1 - beta2);
        Tensor direction = mean.div(1 - Math.pow(beta1, t))
                .div(square.sqrt().div(Math.sqrt(1 - Math.pow(beta2, t))).add(eps));
        double ratio = 1;
        if (s.decays() && weightDecay > 0) {
            direction = direction.add(s.parameter().detach().mul(weightDecay));
            double weightNorm = norm(s.parameter());
            double directionNorm = norm(direction);
            ratio = weightNorm > 0 && directionNorm > 0 ? weightNorm / directionNorm : 1;
        }
        s.parameter().addInPlace(direction, -lr * ratio);
    }

    private static double norm(Tensor t) {
        return Math.sqrt(t.square().sum().item());
    }
}
