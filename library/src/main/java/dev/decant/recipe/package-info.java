/**
 * A recipe as typed records, and the YAML reader that reports every mistake at once. Imports nothing of ours.
 */
@NullMarked
package dev.decant.recipe;

import org.jspecify.annotations.NullMarked;
