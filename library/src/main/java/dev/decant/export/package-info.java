/**
 * What leaves a run for use elsewhere: model folders with {@code config.json} and {@code model.safetensors}, written whole
 * or not at all.
 *
 * <p>And ONNX files, made from a recorded forward pass and compared with the network in ONNX Runtime. The weight file itself is written by {@code weights}. Read {@link
 * dev.decant.export.ModelFolder} first.
 */
@NullMarked
package dev.decant.export;

import org.jspecify.annotations.NullMarked;
