package dev.decant.optim;

import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import java.util.List;
import java.util.Map;

/**
 * Layer-wise adaptive moments (You et al. 2020): Adam's direction u with weight decay added, scaled per tensor by
 * |p| / |u|.
 *
 * <p>As in timm 0.6: the joint gradient is first scaled to norm 1 at most, moments are corrected for their start, and
 * tensors that do not decay are not scaled by the trust ratio either.
 */
public final class Lamb implements Optimizer {

    private static final double GRAD_NORM = 1;

    private final Slots slots;
    private final Config config;
    private final Tensor steps = Tensor.scalar(0);

    /** Averaging rates, eps and weight decay. */
    public record Config(double beta1, double beta2, double eps, double weightDecay) {}

    public Lamb(Map<String, Tensor> parameters, Config config) {
        slots = new Slots(parameters, List.of("mean", "square"));
        this.config = config;
    }

    @Override
    public void step(double lr) {
        try (Scope scope = Scope.open();
                NoGrad quiet = NoGrad.open()) {
            steps.addInPlace(steps.onesLike(), 1);
            double t = steps.item();
            double scale = 1 / Math.max(1, gradNorm() / GRAD_NORM);
            for (boolean decays : new boolean[] {true, false}) {
                slots.active(decays).forEach(s -> update(s, scale, t, lr));
            }
        }
    }

    private double gradNorm() {
        double sum = 0;
        for (boolean decays : new boolean[] {true, false}) {
            for (Tensor g : Slots.grads(slots.active(decays))) {
                sum += g.square().sum().item();
            }
        }
        return Math.sqrt(sum);
    }

    private void update(Slots.Slot s, double gradScale, double t, double lr) {
        Tensor grad = s.parameter().grad().mul(gradScale);
        Tensor mean = s.memory().get(0).lerpInPlace(grad, 1 - config.beta1);
        Tensor square = s.memory().get(1).lerpInPlace(grad.square(), 1 - config.beta2);
        Tensor direction = mean.div(1 - Math.pow(config.beta1, t))
                .div(square.sqrt().div(Math.sqrt(1 - Math.pow(config.beta2, t))).add(config.eps));
        double ratio = 1;
        if (s.decays() && config.weightDecay > 0) {
            direction = direction.add(s.parameter().detach().mul(config.weightDecay));
            double weightNorm = norm(s.parameter());
            double directionNorm = norm(direction);
            ratio = weightNorm > 0 && directionNorm > 0 ? weightNorm / directionNorm : 1;
        }
        s.parameter().addInPlace(direction, -lr * ratio);
    }

    private static double norm(Tensor t) {
        return Math.sqrt(t.square().sum().item());
    }

    @Override
    public Map<String, Tensor> state() {
        Map<String, Tensor> state = slots.state();
        state.put("steps", steps);
        return state;
    }
}
