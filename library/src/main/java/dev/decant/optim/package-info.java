/**
 * Optimizers, and schedules as pure functions of the step.
 */
@NullMarked
package dev.decant.optim;

import org.jspecify.annotations.NullMarked;
