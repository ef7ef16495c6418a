/**
 * Reading and writing weights: safetensors, PyTorch files through a parser that executes nothing, and strict loading
 * with one report. No architecture is known here; a model brings its own {@link dev.decant.weights.KeyMap}. Begin at
 * {@link dev.decant.weights.Weights}.
 */
@NullMarked
package dev.decant.weights;

import org.jspecify.annotations.NullMarked;
