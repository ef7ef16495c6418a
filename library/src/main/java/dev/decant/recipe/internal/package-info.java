/**
 * How recipe records are read from YAML and written to it, by reflection over their components. Not part of the API.
 */
@NullMarked
package dev.decant.recipe.internal;

import org.jspecify.annotations.NullMarked;
