package dev.decant.quantize;

import dev.decant.ModelException;
import dev.decant.tensor.DType;
import dev.decant.tensor.Tensor;
import java.util.Locale;
import java.util.Optional;

/**
 * The values that a group may be rounded to, found from the group alone: nothing is learned. Pure; groups of zeros give
 * zeros. Rounding is to the nearest, halves to even.
 */
public sealed interface Grid {

    /** Rounds groups (G, K). */
    Codes codes(Tensor groups);

    /** Rounds groups (G, K) of which each value is clipped to plus and minus this first; infinity for none. */
    default Codes codes(Tensor groups, double clip) {
        return codes(Double.isInfinite(clip) ? groups : groups.clamp(-clip, clip));
    }

    /** Smallest and largest code. */
    int lowest();

    int highest();

    /** As a recipe says it: {@code twn}, {@code symmetric, 8 bits}. */
    default String words() {
        String name = getClass()
                .getSimpleName()
                .replaceAll("(?<=[a-z])(?=[A-Z])", "-")
                .toLowerCase(Locale.ROOT);
        return width() == 0 ? name : name + ", " + width() + " bits";
    }

    /** Bits that were asked for; 0 where the grid has as many as it has. */
    default int width() {
        return 0;
    }

    /** Bits that hold a code. */
    default int bits() {
        return 32 - Integer.numberOfLeadingZeros(highest() - lowest());
    }

    /**
     * Ternary weights (Li et al. 2016, arXiv 1605.04711): with D = 0.7 mean|w|, alpha = mean of |w| over |w| > D; value
     * alpha sign(w) beyond D, else 0.
     */
    record Twn() implements Grid {
        private static final double THRESHOLD = 0.7;

        @Override
        public Codes codes(Tensor groups) {
            Tensor size = groups.abs();
            Tensor beyond =
                    size.sub(size.mean(true, 1).mul(THRESHOLD)).signInPlace().clampInPlace(0, 1);
            Tensor alpha =
                    size.mulInPlace(beyond).sum(true, 1).div(beyond.sum(true, 1).clampMin(1));
            return Codes.of(groups.sign().mulInPlace(beyond), alpha);
        }

        @Override
        public int lowest() {
            return -1;
        }

        @Override
        public int highest() {
            return 1;
        }
    }

    /** Binary weights (Rastegari et al. 2016, arXiv 1603.05279): mean|w| sign(w); 0 counts as positive. */
    record Binary() implements Grid {
        @Override
        public Codes codes(Tensor groups) {
            Tensor positive = groups.ge(0).to(groups.dtype());
            return Codes.of(positive.mul(2).sub(1), groups.abs().mean(true, 1));
        }

        @Override
        public int lowest() {
            return -1;
        }

        @Override
        public int highest() {
            return 1;
        }

        @Override
        public int bits() {
            return 1;
        }
    }

    /** Symmetric: scale = max|x| / (2^(b-1) - 1), code = round(x / scale). */
    record Symmetric(int width) implements Grid {
        private static final double SMALLEST = 1e-30; // a group below it is rounded to 0

        public Symmetric {
            requireBits(width, 2);
        }

        @Override
        public Codes codes(Tensor groups) {
            return codes(groups, Double.POSITIVE_INFINITY);
        }

        /** Codes are clipped in the place of values, which comes to the same. */
        @Override
        public Codes codes(Tensor groups, double clip) {
            Tensor largest = groups.maxAbs(1, true);
            Tensor limit = Double.isInfinite(clip) ? largest : largest.clamp(0, clip);
            Tensor perUnit = limit.clampMin(SMALLEST).pow(-1).mul(highest());
            Tensor codes = groups.mul(perUnit).roundInPlace();
            return Codes.of(
                    Double.isInfinite(clip) ? codes : codes.clampInPlace(lowest(), highest()), limit.div(highest()));
        }

        @Override
        public int lowest() {
            return -highest();
        }

        @Override
        public int highest() {
            return (1 << (width - 1)) - 1;
        }
    }

    /** Asymmetric: offset = min(x), scale = (max - min) / (2^b - 1), code = round((x - offset) / scale). */
    record Asymmetric(int width) implements Grid {
        private static final double EPS = 1e-8;

        public Asymmetric {
            requireBits(width, 1);
        }

        @Override
        public Codes codes(Tensor groups) {
            Tensor low = groups.neg().max(1, true).neg();
            Tensor range = groups.max(1, true).sub(low).add(EPS);
            Tensor codes = groups.sub(low).div(range).mul(highest()).round();
            return new Codes(codes, range.div(highest()), Optional.of(low));
        }

        @Override
        public int lowest() {
            return 0;
        }

        @Override
        public int highest() {
            return (1 << width) - 1;
        }
    }

    /** BitNet b1.58 (Ma et al. 2024, arXiv 2402.17764): scale = mean|w|, code = round(w / scale) within -1 and 1. */
    record Absmean() implements Grid {
        @Override
        public Codes codes(Tensor groups) {
            Tensor scale = groups.abs().mean(true, 1);
            return Codes.of(groups.mul(inverse(scale)).clamp(-1, 1).roundInPlace(), scale);
        }

        @Override
        public int lowest() {
            return -1;
        }

        @Override
        public int highest() {
            return 1;
        }
    }

    /**
     * What the authors of KD-QAT round weights of 4 and 8 bits to: with t = mean of |w| over |w| > mean|w|, step = 2t /
     * (2^b - 1), code = round(clip(w, -t, t) / step). The outermost code is a half, so there are 2^b + 1 of them: kept for
     * comparison with published numbers.
     */
    record MidPrecision(int width) implements Grid {
        public MidPrecision {
            requireBits(width, 3);
        }

        @Override
        public Codes codes(Tensor groups) {
            Tensor size = groups.abs();
            Tensor beyond = size.gt(size.mean(true, 1)).to(groups.dtype());
            Tensor t = size.mul(beyond).sum(true, 1).div(beyond.sum(true, 1).clampMin(1));
            Tensor step = t.mul(2.0 / ((1 << width) - 1));
            Tensor clipped = Tensor.where(size.gt(t), groups.sign().mul(t), groups);
            return Codes.of(clipped.mul(inverse(step)).round(), step);
        }

        @Override
        public int lowest() {
            return -highest();
        }

        @Override
        public int highest() {
            return 1 << (width - 1);
        }
    }

    private static void requireBits(int bits, int least) {
        if (bits < least || bits > 8) {
            throw new ModelException("bits must be from " + least + " to 8, got " + bits);
        }
    }

    /** 1 / x, and 0 where x is 0. */
    static Tensor inverse(Tensor x) {
        Tensor none = x.eq(0);
        return none.logicalNot()
                .to(x.dtype().isFloating() ? x.dtype() : DType.F32)
                .div(x.add(none.to(x.dtype())));
    }
}
