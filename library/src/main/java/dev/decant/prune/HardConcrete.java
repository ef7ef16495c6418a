package dev.decant.prune;

import dev.decant.nn.Gate;
import dev.decant.nn.Init;
import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Gates that are 0 or 1 for the most part and can be learned (Louizos, Welling and Kingma 2018, arXiv 1712.01312), one
 * parameter a for each unit.
 *
 * <p>While training, each forward pass draws u uniform in (0, 1) and uses z = clip(1.2 sigmoid((ln u - ln(1 - u) + a) / b) -
 * 0.1, 0, 1), b = 2/3: one draw for the whole batch. Outside training, and once {@link #fix fixed}, the mask is settled:
 * of n units, round(n - sum of q) with the smallest a are 0, all others 1, where q is the probability that z is not 0
 * (as in CoFi's and EfficientVLM's code, section 4 of arXiv 2210.07795). At least one unit is 1, and {@link Rounding}
 * may ask for a multiple. That mask is what {@link Extraction} removes by, so nothing changes when it does.
 */
final class HardConcrete extends Gate {

    /** Parameters stay within plus and minus this, ln 100, so that no gate is lost for good. */
    public static final double LIMIT = Math.log(100);

    private static final double TEMPERATURE = 2.0 / 3;
    private static final double LOW = -0.1;
    private static final double HIGH = 1.1;
    private static final double SMALLEST = 1e-6;
    private static final double SPREAD = 0.01;

    private final Rounding rounding;
    private final Tensor logAlpha;
    private final Tensor settled;
    private boolean isFixed;
    private @Nullable Tensor drawn;

    /**
     * Starts with parameters normal around {@code start}, deviation 0.01.
     *
     * @param start 10 keeps nearly all; 0 keeps 83 % and can go either way
     */
    public HardConcrete(long units, double start, Rounding rounding) {
        this(Init.normal(SPREAD, units).add(start), rounding);
    }

    /** From initial parameters (n). */
    public HardConcrete(Tensor logAlpha, Rounding rounding) {
        this.rounding = rounding;
        this.logAlpha = parameter("log_alpha", logAlpha);
        settled = constant(Tensor.ones(logAlpha.elements()));
    }

    /** z for draws u and parameters a, elementwise. */
    public static Tensor stretched(Tensor u, Tensor a) {
        Tensor s = u.log().sub(u.neg().log1p()).add(a).mul(1 / TEMPERATURE).sigmoid();
        return s.mul(HIGH - LOW).add(LOW).clamp(0, 1);
    }

    /** q = 1 - P(z = 0) = sigmoid(a - b ln(0.1 / 1.1)), clamped to 1e-6 from 0 and 1. */
    public static Tensor keepProbability(Tensor a) {
        return a.sub(TEMPERATURE * Math.log(-LOW / HIGH)).sigmoid().clamp(SMALLEST, 1 - SMALLEST);
    }

    @Override
    public Tensor mask() {
        if (isFixed) {
            return settled;
        }
        if (!isTraining()) {
            return settledMask().to(logAlpha.device());
        }
        return drawn != null ? drawn : drawn(logAlpha);
    }

    /** z of fresh draws, elementwise; the CPU's generator draws on every device, so a seed gives the same masks everywhere. */
    static Tensor drawn(Tensor a) {
        return Scope.only(() -> stretched(
                Tensor.rand(a.elements()).to(a.device()).mul(1 - 2 * SMALLEST).add(SMALLEST), a));
    }

    /** The factors of every forward pass until {@link #release}, drawn outside. */
    void use(Tensor factors) {
        drawn = factors;
    }

    void release() {
        drawn = null;
    }

    /** How many units are kept in expectation: the sum of q, a scalar with graph. */
    public Tensor expected() {
        return Scope.only(() -> keepProbability(logAlpha).sum());
    }

    /** The units that the settled mask keeps, ascending. */
    public long[] kept() {
        double[] a = logAlpha.detach().doubles();
        return Gates.largest(a, count(a, 0));
    }

    /** How many units the settled mask would keep if every parameter were larger by so much. */
    long kept(double shift) {
        return count(logAlpha.detach().doubles(), shift);
    }

    private long count(double[] a, double shift) {
        double expected = Arrays.stream(a).map(x -> keepProbability(x + shift)).sum();
        long removed = (long) Math.rint(a.length - expected);
        return rounding.kept(a.length, a.length - removed);
    }

    /** Makes every parameter larger by so much. */
    void shift(double by) {
        try (Scope scope = Scope.open();
                NoGrad quiet = NoGrad.open()) {
            logAlpha.copyFrom(logAlpha.add(by));
        }
    }

    /** The fewest units that it may keep. */
    public long least() {
        return rounding.least(units());
    }

    public long units() {
        return logAlpha.elements();
    }

    /** From here on the settled mask in training too, until {@code on} is false. */
    public void fix(boolean on) {
        if (on) {
            try (Scope scope = Scope.open();
                    NoGrad quiet = NoGrad.open()) {
                settled.copyFrom(settledMask());
            }
        }
        isFixed = on;
    }

    boolean isFixed() {
        return isFixed;
    }

    /** Pulls parameters back within the limit. */
    void clamp() {
        try (Scope scope = Scope.open();
                NoGrad quiet = NoGrad.open()) {
            logAlpha.copyFrom(logAlpha.clamp(-LIMIT, LIMIT));
        }
    }

    Tensor logAlpha() {
        return logAlpha;
    }

    private Tensor settledMask() {
        return FixedMask.open(units(), kept());
    }

    private static double keepProbability(double a) {
        double q = 1 / (1 + Math.exp(TEMPERATURE * Math.log(-LOW / HIGH) - a));
        return Math.min(1 - SMALLEST, Math.max(SMALLEST, q));
    }
}
