package dev.decant.recipe;

import java.util.List;

/** Two numbers, written {@code [a, b]}: a range, or the two betas of Adam. */
public record Pair(double first, double second) implements PlainValue {

    public static Pair of(Object plain) {
        if (plain instanceof List<?> list
                && list.size() == 2
                && list.get(0) instanceof Number a
                && list.get(1) instanceof Number b) {
            return new Pair(a.doubleValue(), b.doubleValue());
        }
        throw new IllegalArgumentException("expected two numbers, [a, b], got " + plain);
    }

    @Override
    public Object plain() {
        return List.of(first, second);
    }
}
