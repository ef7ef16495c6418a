/**
 * How recipe records are read from YAML and written to it, by reflection over their components. Not part of the API.
 *
 * <p>Knows no recipe: any record that keeps to the annotations of {@code recipe} can be read. Read {@link
 * dev.decant.recipe.internal.RecordReader} first.
 */
@NullMarked
package dev.decant.recipe.internal;

import org.jspecify.annotations.NullMarked;
