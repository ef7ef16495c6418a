package dev.decant.bench;

/**
 * Time of one call, in milliseconds.
 *
 * @param p50 median over the calls
 * @param p90 ninth decile over the calls
 */
public record Latency(double p50, double p90) {}
