/**
 * Data sets, transforms, the prefetching loader, and the generated Shapes world.
 *
 * <p>{@link dev.decant.data.ImageDataset} is a list of labeled images, whatever they are stored in; {@link
 * dev.decant.data.Augment} turns one image into normalized numbers; {@link dev.decant.data.Loader} makes batches of them ahead
 * of the step. Nothing here knows a model or a recipe. Read {@code ImageDataset} first.
 */
@NullMarked
package dev.decant.data;

import org.jspecify.annotations.NullMarked;
