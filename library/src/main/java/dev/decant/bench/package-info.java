/**
 * What models cost: latency, size, multiply-adds; and what the machine can do.
 *
 * <p>Read {@link dev.decant.bench.ModelBenchmark} and {@link dev.decant.bench.LatencyBench} first.
 */
@NullMarked
package dev.decant.bench;

import org.jspecify.annotations.NullMarked;
