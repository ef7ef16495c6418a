package dev.decant.quantize;

import dev.decant.ModelException;
import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Tensor;
import java.util.Optional;

/**
 * Learned step size (Esser et al. 2019, arXiv 1902.08153), one for the tensor: code = clamp(round(x / a), Qn, Qp).
 *
 * <p>Symmetric: Qn = -2^(b-1), Qp = 2^(b-1) - 1; asymmetric: Qn = 0, Qp = 2^b - 1 on x less its minimum. Gradients: dx =
 * dy inside [Qn, Qp]; da = g sum dy {Qn below, Qp above, round(x/a) - x/a between}, g = 1 / sqrt(N Qp). The step starts at
 * 2 mean|x| / sqrt(Qp) of the first tensor seen, 4 instead of 2 if asymmetric.
 */
public final class Lsq extends CodeQuantizer {

    private final int width;
    private final boolean symmetric;
    private final Tensor step;
    private final Tensor started;

    public Lsq(int width, boolean symmetric) {
        super(Grouping.TENSOR);
        if (width < 2 || width > 8) {
            throw new ModelException("lsq: bits must be from 2 to 8, got " + width);
        }
        this.width = width;
        this.symmetric = symmetric;
        step = parameter("step", Tensor.ones(1));
        started = buffer("started", Tensor.zeros(1));
    }

    @Override
    public int lowest() {
        return symmetric ? -(1 << (width - 1)) : 0;
    }

    @Override
    public int highest() {
        return symmetric ? (1 << (width - 1)) - 1 : (1 << width) - 1;
    }

    @Override
    public String description() {
        return "lsq, " + width + " bits, " + (symmetric ? "symmetric" : "asymmetric");
    }

    @Override
    void start(Tensor x) {
        if (started.item() == 0) {
            try (NoGrad quiet = NoGrad.open()) {
                double mean = x.detach().abs().mean().item();
                step.fillInPlace(Math.max((symmetric ? 2 : 4) * mean / Math.sqrt(highest()), 1e-8));
                started.fillInPlace(1);
            }
        }
    }

    @Override
    boolean learns() {
        return step.requiresGrad();
    }

    @Override
    Codes grouped(Tensor groups) {
        Tensor a = step.detach().to(groups.dtype()).reshape(1, 1);
        Tensor low = lowest(groups);
        Tensor codes = groups.sub(low).div(a).round().clamp(lowest(), highest());
        return symmetric ? Codes.of(codes, a) : new Codes(codes, a, Optional.of(low));
    }

    private Tensor lowest(Tensor groups) {
        Tensor low = groups.neg().max(1, true).neg();
        return symmetric ? low.zerosLike() : low;
    }

    @Override
    Tensor passes(Tensor x) {
        Tensor ratio = ratio(x);
        return ratio.ge(lowest()).mul(ratio.gt(highest()).logicalNot());
    }

    private Tensor ratio(Tensor x) {
        Tensor groups = grouping().split(precise(x));
        return groups.sub(lowest(groups)).div(step.detach().to(groups.dtype())).reshape(x.shape());
    }

    @Override
    Tensor differentiable(Tensor x) {
        Tensor y = straightThrough(x, passes(x.detach()), values(x));
        double g = 1 / Math.sqrt((double) x.elements() * highest());
        Tensor ratio = ratio(x.detach());
        Tensor slope = ratio.clamp(lowest(), highest()).round();
        Tensor between = passes(x.detach());
        slope = slope.sub(ratio.mul(between)).mul(g);
        return y.add(step.sub(step.detach()).mul(slope).to(y.dtype())); // adds zero, and the gradient of the step
    }
}
