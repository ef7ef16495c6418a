package dev.decant.distill;

/**
 * Where a training stands when it takes a batch in.
 *
 * @param step optimizer steps done
 * @param epoch epochs done, with the fraction of the current one
 * @param training whether masks are drawn, and memories and running estimates change
 */
public record StepContext(long step, double epoch, boolean training) {}
