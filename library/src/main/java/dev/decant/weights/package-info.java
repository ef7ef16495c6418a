/**
 * Reading and writing weights: safetensors, PyTorch files through a parser that executes nothing, and strict loading reports.
 */
@NullMarked
package dev.decant.weights;

import org.jspecify.annotations.NullMarked;
