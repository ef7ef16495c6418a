/**
 * Texts with labels and texts for masked language modeling: readers, masking, augmentation, and batches of similar length.
 *
 * <p>Read {@link dev.decant.data.text.TextDataset} and {@link dev.decant.data.text.TextBatches} first.
 */
@NullMarked
package dev.decant.data.text;

import org.jspecify.annotations.NullMarked;
