package dev.decant.prune;

/**
 * How many units a layer may be left with: at least one, and a multiple where that runs faster.
 *
 * @param multiple 1 for any number
 */
public record Rounding(int multiple) {

    /** Any number from one. */
    public static final Rounding NONE = new Rounding(1);

    public Rounding {
        if (multiple < 1) {
            throw new IllegalArgumentException("units are kept in multiples of at least 1, not " + multiple);
        }
    }

    /** The fewest of {@code units}. */
    public long least(long units) {
        return Math.min(multiple, units);
    }

    /** The nearest to {@code wanted} (half to even) that is allowed; all units are always allowed. */
    public long kept(long units, double wanted) {
        long rounded = (long) Math.rint(wanted / multiple) * multiple;
        return Math.min(units, Math.max(least(units), rounded));
    }
}
