/**
 * Facade over libtorch: tensors with gradients, devices, scopes of native memory, autocast, random state.
 *
 * <p>The only package that imports the binding, and the place where its traps end: loading ({@link
 * dev.decant.tensor.Engine}), errors as one line ({@link dev.decant.tensor.TensorException}), memory ({@link
 * dev.decant.tensor.Scope}). Layers with parameters are in {@code nn}; formulas of losses are in {@code loss}. Read
 * {@link dev.decant.tensor.Tensor} first.
 */
@NullMarked
package dev.decant.tensor;

import org.jspecify.annotations.NullMarked;
