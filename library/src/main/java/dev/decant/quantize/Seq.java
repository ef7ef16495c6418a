package dev.decant.quantize;

import dev.decant.ModelException;
import dev.decant.tensor.DType;
import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Tensor;
import java.util.Optional;

/**
 * Stretched elastic quantizer for weights of 3 or 4 levels (Liu et al. 2025, ParetoQ, arXiv 2502.02631): levels evenly
 * spread over [-alpha, alpha], each the middle of its share.
 *
 * <p>With k levels and u = clip(w / alpha, -c, c), c = 0.99: value = alpha (round(u k/2 - s) + s) 2/k, s = 1/2 for even k, 0
 * for odd. Gradients as in LSQ: dw = dy where |w / alpha| <= c; dalpha = g sum dy {-(k-1)/k below, (k-1)/k above, value/alpha -
 * w/alpha between}, g = 1 / sqrt(N (k-1)/k). alpha is learned for each group and starts at max|w|.
 */
public final class Seq extends CodeQuantizer {

    private static final double EDGE = 0.99;

    private final int levels;
    private final double shift;
    private final Tensor alpha;
    private final Tensor started;

    /** @param groups how many groups the weight has */
    public Seq(int levels, Grouping grouping, long groups) {
        super(grouping);
        if (levels != 3 && levels != 4) {
            throw new ModelException("seq: levels must be 3 or 4, got " + levels);
        }
        this.levels = levels;
        shift = levels % 2 == 0 ? 0.5 : 0;
        alpha = parameter("alpha", Tensor.ones(groups, 1));
        started = buffer("started", Tensor.zeros(1));
    }

    @Override
    public int lowest() {
        return levels == 3 ? -1 : -2;
    }

    @Override
    public int highest() {
        return 1;
    }

    @Override
    public String description() {
        return "seq, " + levels + " levels";
    }

    @Override
    boolean learns() {
        return alpha.requiresGrad();
    }

    @Override
    void start(Tensor x) {
        if (started.item() == 0) {
            try (NoGrad quiet = NoGrad.open()) {
                Tensor largest = grouping().split(precise(x.detach())).abs().max(1, true);
                alpha.copyFrom(largest.clampMin(1e-8));
                started.fillInPlace(1);
            }
        }
    }

    @Override
    Codes grouped(Tensor groups) {
        Tensor a = alpha.detach().to(groups.dtype());
        Tensor codes =
                groups.div(a).clamp(-EDGE, EDGE).mul(levels / 2.0).sub(shift).round();
        Tensor scale = a.mul(2.0 / levels);
        return shift == 0 ? Codes.of(codes, scale) : new Codes(codes, scale, Optional.of(scale.mul(shift)));
    }

    @Override
    Tensor passes(Tensor x) {
        return ratio(x).abs().gt(EDGE).logicalNot().reshape(x.shape());
    }

    /** (G, K). */
    private Tensor ratio(Tensor x) {
        Tensor groups = grouping().split(precise(x));
        return groups.div(alpha.detach().to(groups.dtype()));
    }

    @Override
    Tensor differentiable(Tensor x) {
        Tensor values = values(x);
        Tensor y = straightThrough(x, passes(x.detach()), values);
        Tensor ratio = ratio(x.detach());
        Tensor inside = ratio.abs().gt(EDGE).logicalNot().to(DType.F32);
        double outer = (levels - 1.0) / levels;
        Tensor level = grouping().split(precise(values)).div(alpha.detach());
        Tensor between = level.sub(ratio).mul(inside);
        Tensor beyond = ratio.sign().mul(outer).mul(inside.neg().add(1));
        double g = 1 / Math.sqrt(x.elements() * outer);
        Tensor learned = alpha.sub(alpha.detach()).mul(between.add(beyond).mul(g)); // zero, with the gradient of alpha
        return y.add(learned.reshape(x.shape()).to(y.dtype()));
    }
}
