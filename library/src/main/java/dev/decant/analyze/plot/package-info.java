/**
 * Charts of what studies find, as data for the report and as PNG files.
 *
 * <p>Read {@link dev.decant.analyze.plot.Plot} first.
 */
@NullMarked
package dev.decant.analyze.plot;

import org.jspecify.annotations.NullMarked;
