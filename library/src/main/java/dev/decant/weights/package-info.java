/**
 * Reading and writing weights: safetensors, PyTorch files through a parser that executes nothing, and strict loading with one
 * report.
 *
 * <p>No architecture is known here; a model brings its own {@link dev.decant.weights.KeyMap} if its names differ. Also the
 * one way in which files are written, whole or not at all ({@link dev.decant.weights.AtomicFile}). Model folders with their
 * config are in {@code export}. Read {@link dev.decant.weights.Weights} first.
 */
@NullMarked
package dev.decant.weights;

import org.jspecify.annotations.NullMarked;
