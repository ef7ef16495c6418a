/**
 * Every task and distillation loss as a pure static function of tensors, with formula, shapes and source. Where the tensors
 * come from is the business of {@code distill}.
 */
@NullMarked
package dev.decant.loss;

import org.jspecify.annotations.NullMarked;
