/**
 * Joins traces to losses: terms, projectors, exit branches, and the objective they add up to.
 */
@NullMarked
package dev.decant.distill;

import org.jspecify.annotations.NullMarked;
