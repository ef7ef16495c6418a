/**
 * A recipe as typed records, and the YAML reader that reports every mistake at once.
 *
 * <p>Imports {@code spec} only, so a recipe is read, checked and explained without loading libtorch. What a record stands for
 * is decided in {@code build}. Keys are the records' components in kebab case, kinds are the permitted records of a sealed
 * interface. Read {@link dev.decant.recipe.Recipe} first, then {@link dev.decant.recipe.RecipeReader}.
 */
@NullMarked
package dev.decant.recipe;

import org.jspecify.annotations.NullMarked;
