package dev.decant.metric;

import java.util.Arrays;
import java.util.Locale;

/**
 * A result over several seeds.
 *
 * @param mean of the values
 * @param deviation sample standard deviation (divided by count - 1); NaN for a single value, whose spread nobody knows
 * @param count how many values
 */
record Spread(double mean, double deviation, int count) {

    /** At least one value, else {@link IllegalArgumentException}. */
    public static Spread of(double... values) {
        if (values.length == 0) {
            throw new IllegalArgumentException("a spread needs at least one value");
        }
        double mean = Arrays.stream(values).sum() / values.length;
        double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
        double deviation = values.length == 1 ? Double.NaN : Math.sqrt(squares / (values.length - 1));
        return new Spread(mean, deviation, values.length);
    }

    /** As in "91.50 ± 0.20", or "91.50" for a single value. */
    @Override
    public String toString() {
        return count == 1
                ? String.format(Locale.ROOT, "%.2f", mean)
                : String.format(Locale.ROOT, "%.2f ± %.2f", mean, deviation);
    }
}
