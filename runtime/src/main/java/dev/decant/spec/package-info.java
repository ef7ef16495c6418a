/**
 * Words that recipes and the rest of the toolkit share: enums and defaults, each defined once. Imports nothing of
 * ours.
 */
@NullMarked
package dev.decant.spec;

import org.jspecify.annotations.NullMarked;
