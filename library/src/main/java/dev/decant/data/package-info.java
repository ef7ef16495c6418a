/**
 * Datasets, transforms, the prefetching loader, and the generated Shapes world.
 *
 * <p>Read {@link dev.decant.data.ImageDataset} first: a list of labelled images, whatever they are stored in.
 * {@link dev.decant.data.Augment} turns one image into normalized numbers, {@link dev.decant.data.Loader} makes
 * batches of them ahead of the step. Nothing here knows a model or a recipe.
 */
@NullMarked
package dev.decant.data;

import org.jspecify.annotations.NullMarked;
