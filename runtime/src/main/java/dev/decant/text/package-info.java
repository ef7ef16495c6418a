/**
 * Tokenizers: texts to token ids, as Hugging Face's library makes them.
 *
 * <p>Read {@link dev.decant.text.Tokenizer} first.
 */
@NullMarked
package dev.decant.text;

import org.jspecify.annotations.NullMarked;
