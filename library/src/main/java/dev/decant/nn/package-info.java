/**
 * Layers and what they share: modules with named parameters, and traces.
 *
 * <p>{@link dev.decant.nn.Module} gives every tensor the name that published checkpoints use. {@link dev.decant.nn.Trace}
 * keeps the tensors of one forward pass that somebody asked for. Whole networks are in {@code model}; operations without
 * parameters are in {@link dev.decant.tensor.Ops}. Read {@code Module} first.
 */
@NullMarked
package dev.decant.nn;

import org.jspecify.annotations.NullMarked;
