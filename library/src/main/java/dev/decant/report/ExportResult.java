package dev.decant.report;

/**
 * An exported file.
 *
 * @param file relative to the run folder
 * @param parity largest absolute difference between its outputs and the model's, on the same inputs
 */
public record ExportResult(String file, long bytes, double parity) {}
