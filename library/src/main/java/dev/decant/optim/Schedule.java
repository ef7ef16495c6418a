package dev.decant.optim;

/**
 * Learning rate as a pure function of time t, counted in epochs (whole ones, or fractions when stepped per batch).
 *
 * <p>While t is below the warm-up W: {@code start + t (base - start) / W}. After it the schedule itself, evaluated at t and
 * not at t - W, as the OFA-KD recipes have it.
 */
public sealed interface Schedule {

    double at(double t);

    /** Warm-up of W epochs that starts from a small rate. */
    record Warmup(double epochs, double start) {
        public static final Warmup NONE = new Warmup(0, 0);

        double or(double t, double base, double after) {
            return t < epochs ? start + t * (base - start) / epochs : after;
        }
    }

    /** min + (base - min) (1 + cos(pi t / E)) / 2 over E epochs. */
    record Cosine(double base, double min, double epochs, Warmup warmup) implements Schedule {
        @Override
        public double at(double t) {
            double part = Math.min(t, epochs) / epochs;
            return warmup.or(t, base, min + 0.5 * (base - min) * (1 + Math.cos(Math.PI * part)));
        }
    }

    /** base times factor for every {@code every} epochs gone. */
    record Step(double base, double every, double factor, Warmup warmup) implements Schedule {
        @Override
        public double at(double t) {
            return warmup.or(t, base, base * Math.pow(factor, Math.floor(t / every)));
        }
    }

    /** base at the end of the warm-up, and from there along a line to min at E epochs. */
    record Linear(double base, double min, double epochs, Warmup warmup) implements Schedule {
        @Override
        public double at(double t) {
            double left = Math.max(0, (epochs - t) / (epochs - warmup.epochs));
            return warmup.or(t, base, min + (base - min) * left);
        }
    }

    /** The same rate throughout. */
    record Constant(double base, Warmup warmup) implements Schedule {
        @Override
        public double at(double t) {
            return warmup.or(t, base, base);
        }
    }
}
