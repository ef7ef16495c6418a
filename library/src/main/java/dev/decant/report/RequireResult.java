package dev.decant.report;

/**
 * A {@code require} of the recipe and what was found.
 *
 * @param limit as the recipe has it, such as {@code "<= 1.0"}
 */
public record RequireResult(String name, String limit, double value, boolean met) {}
