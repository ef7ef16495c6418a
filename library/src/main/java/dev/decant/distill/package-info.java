/**
 * Joins traces to losses: terms, exit branches, projectors, and the objective they add up to.
 *
 * <p>What is computed is in {@code loss}; here is where its tensors come from and what learns beside the student. A new
 * method implements {@link dev.decant.distill.Term}. The loop that minimizes the objective is in {@code train}. Read {@link
 * dev.decant.distill.Objective} first.
 */
@NullMarked
package dev.decant.distill;

import org.jspecify.annotations.NullMarked;
