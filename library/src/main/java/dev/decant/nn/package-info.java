/**
 * Layers: {@code Module} and its parts, and {@code Trace}, which keeps the named tensors of one
 * forward pass that somebody asked for.
 */
@NullMarked
package dev.decant.nn;

import org.jspecify.annotations.NullMarked;
