/**
 * Batches and the prefetching loader, and what readers of all kinds of data share.
 *
 * <p>A {@link dev.decant.data.BatchSource} plans the batches of an epoch and prepares one; {@link dev.decant.data.Loader} does so
 * on worker threads, ahead of the training step. Images, texts, images with texts and the generated Shapes world have packages of
 * their own below this one. Nothing here knows a recipe. Read {@code BatchSource} first.
 */
@NullMarked
package dev.decant.data;

import org.jspecify.annotations.NullMarked;
