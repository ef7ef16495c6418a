package dev.decant.run;

import java.util.Map;

/**
 * What one model costs to run on the machine of the run.
 *
 * @param bytes size of its files
 * @param latencyMs time of one call by batch size
 */
public record LatencyRow(String name, long parameters, long bytes, Map<Integer, Latency> latencyMs) {

    public LatencyRow {
        latencyMs = Copies.sorted(latencyMs);
    }
}
