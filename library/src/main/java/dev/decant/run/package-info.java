/**
 * Runs a recipe, or a sweep of runs, into a run folder with its report.
 *
 * <p>Here are the order of things and what is measured in the end. Objects are made of recipe records in {@code build}, one stage
 * is trained in {@code stage}, pages are made in {@code report}. Read {@link dev.decant.run.Runner} first.
 */
@NullMarked
package dev.decant.run;

import org.jspecify.annotations.NullMarked;
