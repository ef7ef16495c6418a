package dev.decant.recipe;

import java.util.ArrayList;
import java.util.List;

/** The modulating exponent of OFA: a number, a number for each listed stage and the final logits, or {@code auto}. */
public sealed interface Eps extends PlainValue {

    /**
     * Exponents as given.
     *
     * @param values one for all, or one for each listed stage and a last one for the final logits
     */
    record Fixed(List<Double> values) implements Eps {
        public Fixed {
            values = List.copyOf(values);
            if (values.isEmpty() || values.stream().anyMatch(v -> v < 0)) {
                throw new IllegalArgumentException("must be numbers of at least 0, got " + values);
            }
        }

        @Override
        public Object plain() {
            return values.size() == 1 ? values.get(0) : values;
        }
    }

    /** Exponents found during training. */
    record Auto() implements Eps {
        @Override
        public Object plain() {
            return "auto";
        }
    }

    static Eps of(Object plain) {
        if (plain.equals("auto")) {
            return new Auto();
        }
        List<Double> values = new ArrayList<>();
        for (Object item : plain instanceof List<?> list ? list : List.of(plain)) {
            if (!(item instanceof Number number)) {
                throw new IllegalArgumentException("expected a number, a list of numbers, or auto, got '" + item + "'");
            }
            values.add(number.doubleValue());
        }
        return new Fixed(values);
    }
}
