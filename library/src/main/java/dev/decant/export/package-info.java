/**
 * ONNX files: made from a recorded forward pass, compared with the network in ONNX Runtime, and run by it.
 *
 * <p>Model folders are in {@code modelio}. Read {@link dev.decant.export.OnnxFile} first, then {@code GraphRecorder}.
 */
@NullMarked
package dev.decant.export;

import org.jspecify.annotations.NullMarked;
