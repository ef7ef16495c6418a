/**
 * Joins traces to losses: terms, projectors, exit branches, and the objective they add up to. What is computed is in
 * {@code loss}; here is where its tensors come from and what learns beside the student. Start with {@link
 * dev.decant.distill.Objective}; a new term implements {@link dev.decant.distill.Term}.
 */
@NullMarked
package dev.decant.distill;

import org.jspecify.annotations.NullMarked;
