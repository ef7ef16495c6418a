package dev.decant.distill;

/** Widths of the pooled feature vectors of the two networks. */
public record FeatureWidths(long student, long teacher) {}
