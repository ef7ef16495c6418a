/**
 * The summary of a run, and the pages and tables made of it.
 *
 * <p>Read {@link dev.decant.report.Summary} and {@link dev.decant.report.Report} first.
 */
@NullMarked
package dev.decant.report;

import org.jspecify.annotations.NullMarked;
