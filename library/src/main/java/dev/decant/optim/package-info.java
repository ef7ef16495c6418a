/**
 * Optimizers, the moving average of weights, and schedules.
 *
 * <p>An optimizer is given the learning rate at each step; {@link dev.decant.optim.Schedule} is a pure function that knows it.
 * The loop that calls both is in {@code train}. Read {@link dev.decant.optim.Optimizer} first.
 */
@NullMarked
package dev.decant.optim;

import org.jspecify.annotations.NullMarked;
