/**
 * Every task and distillation loss as a pure static function of tensors, with formula, shapes and source.
 *
 * <p>No weights, no state, no models: which tensors of which network are compared, and what learns for it, is the business
 * of {@code distill}. Imports {@code tensor} only. Read {@link dev.decant.loss.SoftTargets} first, then {@link
 * dev.decant.loss.Ofa}.
 */
@NullMarked
package dev.decant.loss;

import org.jspecify.annotations.NullMarked;
