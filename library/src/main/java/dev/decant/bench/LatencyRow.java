package dev.decant.bench;

import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What one model costs to run on the machine of the run.
 *
 * @param bytes size of its files
 * @param multiplyAdds of one example; 0 where they are not known
 * @param latencyMs time of one call by batch size
 */
public record LatencyRow(String name, long parameters, long bytes, long multiplyAdds, Map<Integer, Latency> latencyMs) {

    /** Of one example, in units of 10^9; "–" where they are not known. */
    public String gigaflops() {
        return multiplyAdds == 0 ? "–" : String.format(Locale.ROOT, "%.3g", 2e-9 * multiplyAdds);
    }

    public LatencyRow {
        latencyMs = Collections.unmodifiableMap(new TreeMap<>(latencyMs));
    }
}
