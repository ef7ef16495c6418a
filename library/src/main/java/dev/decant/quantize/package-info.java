/**
 * Weights and activations in a few bits: fake quantizers that sit in the slots of layers while a network learns, and the
 * packed form that ships.
 *
 * <p>Every quantizer makes {@link dev.decant.quantize.Codes}, whole numbers with a scale for each group of values; what a
 * layer computes with is those codes times their scale, so packing loses nothing. Read {@link
 * dev.decant.quantize.CodeQuantizer} first, then {@link dev.decant.quantize.Grid} for the formulas and {@link
 * dev.decant.quantize.Placement} for what is quantized.
 */
@NullMarked
package dev.decant.quantize;

import org.jspecify.annotations.NullMarked;
