/**
 * Reading and writing weights: safetensors, PyTorch files through a parser that executes nothing, and strict loading with one
 * report.
 *
 * <p>No architecture is known here; a model brings its own {@link dev.decant.weights.KeyMap} if its names differ. Model folders
 * with their config are in {@code modelio}. Read {@link dev.decant.weights.Weights} first.
 */
@NullMarked
package dev.decant.weights;

import org.jspecify.annotations.NullMarked;
