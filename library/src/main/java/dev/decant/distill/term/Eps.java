package dev.decant.distill.term;

import java.util.Arrays;
import java.util.List;

/** The modulating exponent of OFA: given, or found while training. */
public sealed interface Eps {

    /**
     * @param values one for all, or one for each stage listed and then one for the final logits
     */
    record Fixed(List<Double> values) implements Eps {
        public Fixed {
            values = List.copyOf(values);
            for (double eps : values) {
                if (!(eps >= 0 && Double.isFinite(eps))) {
                    throw new IllegalArgumentException("ofa: eps must be at least 0, got " + eps);
                }
            }
        }
    }

    /**
     * One exponent for all, between 1 and 2: that with which the objective's gradient on some examples of the first epoch's
     * batches best points where the labels of the others do. 1 for the first ten steps, fixed after the first epoch.
     *
     * @param weight of the final logits' loss divided by that of the cross-entropy
     */
    record Auto(double weight) implements Eps {}

    /** Fixed values. */
    static Eps of(double... values) {
        return new Fixed(Arrays.stream(values).boxed().toList());
    }

    /** For a term that weighs as much as the cross-entropy. */
    static Eps auto() {
        return new Auto(1);
    }
}
