/**
 * Trains one stage of a recipe inside a run folder: the loop's objects, the folder's names, its lock and its logs.
 *
 * <p>Read {@link dev.decant.stage.StageTrainer} and {@link dev.decant.stage.RunFolder} first.
 */
@NullMarked
package dev.decant.stage;

import org.jspecify.annotations.NullMarked;
