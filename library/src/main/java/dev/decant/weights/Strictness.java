package dev.decant.weights;

/**
 * What may differ between a checkpoint and the model it is loaded into. Whatever is tolerated is still in the {@link
 * LoadReport}.
 *
 * @param allowsMismatch missing, unexpected and misshapen tensors are skipped instead of refused
 * @param allowsNonFinite NaN and infinity are loaded instead of refused
 */
public record Strictness(boolean allowsMismatch, boolean allowsNonFinite) {

    public static final Strictness STRICT = new Strictness(false, false);

    /** Loads what fits and reports the rest; NaN is still refused. */
    public static final Strictness LENIENT = new Strictness(true, false);
}
