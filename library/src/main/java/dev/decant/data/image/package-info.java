/**
 * Labeled images: data sets in folders, archives and lists, augmentation, and batches of them.
 *
 * <p>Read {@link dev.decant.data.image.ImageDataset} and {@link dev.decant.data.image.ImageBatches} first.
 */
@NullMarked
package dev.decant.data.image;

import org.jspecify.annotations.NullMarked;
