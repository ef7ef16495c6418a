/**
 * Text encoders of BERT's shape, under the names of Hugging Face's transformers.
 *
 * <p>Read {@link dev.decant.model.text.Bert} first.
 */
@NullMarked
package dev.decant.model.text;

import org.jspecify.annotations.NullMarked;
