package dev.decant.model;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * The size of a dimension: a number, or a multiple of what varies from call to call: {@code times * batch^p * length^q}.
 *
 * @param powers of what varies, in order: batch, and for texts length
 */
public record Size(long times, List<Integer> powers) {

    private static final int HIGHEST = 2;
    private static final List<String> SYMBOLS = List.of("N", "S");

    public Size {
        powers = List.copyOf(powers);
    }

    /** A number, whatever the batch. */
    public boolean isFixed() {
        return powers.stream().allMatch(p -> p == 0);
    }

    /**
     * Finds it from what it was in several passes: the first with {@code bases}, and one more for each base with that base alone
     * replaced.
     *
     * @param seen the size in each pass
     * @param others what each base was replaced by
     * @return empty if it is nothing of the kind
     */
    public static Optional<Size> fit(List<Long> seen, List<Long> bases, List<Long> others) {
        long times = seen.get(0);
        Integer[] powers = new Integer[bases.size()];
        for (int i = 0; i < powers.length; i++) {
            int power = power(seen.get(0), seen.get(i + 1), bases.get(i), others.get(i));
            if (power < 0) {
                return Optional.empty();
            }
            powers[i] = power;
            for (int p = 0; p < power; p++) {
                if (times % bases.get(i) != 0) {
                    return Optional.empty();
                }
                times /= bases.get(i);
            }
        }
        return Optional.of(new Size(times, List.of(powers)));
    }

    private static int power(long first, long second, long base, long other) {
        for (int power = 0; power <= HIGHEST; power++) {
            if (first * Math.round(Math.pow(other, power)) == second * Math.round(Math.pow(base, power))) {
                return power;
            }
        }
        return -1;
    }

    /** {@code 768}, {@code N}, {@code 3 N}, {@code N S}. */
    @Override
    public String toString() {
        List<String> factors = new ArrayList<>();
        for (int i = 0; i < powers.size(); i++) {
            factors.addAll(Collections.nCopies(powers.get(i), SYMBOLS.get(i)));
        }
        if (times != 1 || factors.isEmpty()) {
            factors.add(0, Long.toString(times));
        }
        return String.join(" ", factors);
    }
}
