/**
 * Models from elsewhere: ONNX files whose weights are found again in the graph, folders of sentence-transformers, models inside
 * jars that Maven fetches. Read {@link dev.decant.modelio.EncoderImport} first.
 */
@NullMarked
package dev.decant.modelio;

import org.jspecify.annotations.NullMarked;
