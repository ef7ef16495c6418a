/**
 * Data sets, transforms, the prefetching loader, and the generated Shapes world.
 *
 * <p>{@link dev.decant.data.ImageDataset} is a list of labeled images, whatever they are stored in; {@link
 * dev.decant.data.Augment} turns one image into normalized numbers; {@link dev.decant.data.Loader} makes batches of them ahead
 * of the step. Texts are read into a {@link dev.decant.data.TextTable}, cut by a {@link dev.decant.data.Tokenizer} into a {@link
 * dev.decant.data.TextDataset}, and come in batches of like length. Nothing here knows a recipe. Read {@code ImageDataset} first.
 */
@NullMarked
package dev.decant.data;

import org.jspecify.annotations.NullMarked;
