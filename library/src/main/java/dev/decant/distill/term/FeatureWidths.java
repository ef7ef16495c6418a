package dev.decant.distill.term;

/** Widths of the pooled feature vectors of the two networks. */
public record FeatureWidths(long student, long teacher) {}
