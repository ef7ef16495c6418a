/**
 * Turns a recipe into objects and runs it into a run folder with its report; the one package that knows all others.
 */
@NullMarked
package dev.decant.run;

import org.jspecify.annotations.NullMarked;
