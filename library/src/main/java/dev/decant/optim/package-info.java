/**
 * Optimizers, the moving average of weights, and schedules.
 *
 * <p>An {@link dev.decant.optim.Optimizer} holds {@link dev.decant.optim.ParameterGroup parameter groups}, each with an {@link
 * dev.decant.optim.UpdateRule}. It is given the learning rate at each step; {@link dev.decant.optim.Schedule} is a pure
 * function that knows it. The loop that calls both is in {@code train}. Read {@link dev.decant.optim.Optimizer} first.
 */
@NullMarked
package dev.decant.optim;

import org.jspecify.annotations.NullMarked;
