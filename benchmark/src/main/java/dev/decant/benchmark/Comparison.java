package dev.decant.benchmark;

import java.util.Arrays;
import java.util.Locale;

/**
 * Milliseconds of alternating steps of both sides, and their peak memory.
 *
 * @param python options of Python
 * @param precision of Decant in this comparison
 */
record Comparison(
        String work,
        String setting,
        String python,
        String precision,
        double[][] ms,
        double pythonPeak,
        double decantPeak) {

    static final String HEADER =
            """
            | workload | setting | Python options | Decant precision | Python ms | Decant ms | Python / Decant | min - max | Python MiB | Decant MiB |
            |---|---|---|---|---|---|---|---|---|---|""";

    /** One row of the table; the minimum and maximum ratios are over pairs of neighboring steps. */
    String row() {
        double[] ratios = new double[ms[0].length];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = ms[0][i] / ms[1][i];
        }
        Arrays.sort(ratios);
        double python0 = median(ms[0]);
        double decant = median(ms[1]);
        return String.format(
                Locale.ROOT,
                "| %s | %s | %s | %s | %.0f | %.0f | **%.2f** | %.2f - %.2f | %.0f | %.0f |",
                work,
                setting,
                python,
                precision,
                python0,
                decant,
                python0 / decant,
                ratios[0],
                ratios[ratios.length - 1],
                pythonPeak,
                decantPeak);
    }

    static double median(double... values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int n = sorted.length;
        return n % 2 == 1 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
    }
}
