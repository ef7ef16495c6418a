/**
 * Words that recipes and the rest of the toolkit share: enums for which there is one definition. Imports nothing.
 */
@NullMarked
package dev.decant.spec;

import org.jspecify.annotations.NullMarked;
