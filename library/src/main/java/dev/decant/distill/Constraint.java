package dev.decant.distill;

/**
 * A term that holds the student to a condition, such as a size.
 *
 * <p>Its multipliers weigh it: its weight in the objective is 1, and balancing leaves it out. Only checkpoints that meet it
 * compete for best.
 */
public interface Constraint extends Term {

    /** Does the student as it is now meet the condition? */
    boolean isMet();
}
