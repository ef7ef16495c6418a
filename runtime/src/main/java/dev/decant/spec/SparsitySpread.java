package dev.decant.spec;

/** How a sparsity is spread over layers when the smallest weights go. */
public enum SparsitySpread {
    /** Every layer loses the same share. */
    UNIFORM,
    /** The smallest units of all layers go, by the mean square of their weights. */
    GLOBAL
}
