/**
 * Turns a recipe into objects and runs it into a run folder with its report; the one package that knows all others.
 *
 * <p>Recipe records meet code in {@code DataParts}, {@link dev.decant.run.ModelParts}, {@code TrainingParts} and {@code
 * TermParts}, one chain for each sealed interface. The arithmetic is elsewhere: here are order, files and numbers for people.
 * Read {@link dev.decant.run.Runner} first, then {@link dev.decant.run.Summary}.
 */
@NullMarked
package dev.decant.run;

import org.jspecify.annotations.NullMarked;
