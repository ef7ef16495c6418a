/**
 * The terms of an objective, one file each, and what learns beside the student for them: exit branches, projectors, memory banks. The formulas are in {@code loss}.
 *
 * <p>Read {@link dev.decant.distill.term.KdTerm} and {@link dev.decant.distill.term.OfaTerm} first.
 */
@NullMarked
package dev.decant.distill.term;

import org.jspecify.annotations.NullMarked;
