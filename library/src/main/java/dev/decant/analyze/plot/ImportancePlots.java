package dev.decant.analyze.plot;

import dev.decant.analyze.ImportanceStudy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Charts of what an {@link ImportanceStudy} found, one line for each modality. */
public final class ImportancePlots {

    private ImportancePlots() {}

    /**
     * The charts by name: the score over the sparsity of each modality ({@code sparsity}), and over what that takes from the
     * whole ({@code size}), where there are several.
     *
     * @param metric the score that is drawn
     */
    public static Map<String, Plot> of(ImportanceStudy.Result result, String metric) {
        Map<String, Plot> plots = new LinkedHashMap<>();
        plots.put("sparsity", plot(result, metric, "sparsity of the modality, %", ImportanceStudy.Point::gone));
        if (result.curves().size() > 1) {
            plots.put("size", plot(result, metric, "gone of all that can go, %", ImportanceStudy.Point::ofAll));
        }
        return plots;
    }

    private static Plot plot(
            ImportanceStudy.Result result, String metric, String x, ToDoubleFunction<ImportanceStudy.Point> at) {
        List<Plot.Line> lines = new ArrayList<>();
        result.curves()
                .forEach((name, points) -> lines.add(new Plot.Line(
                        name,
                        points.stream()
                                .mapToDouble(p -> 100 * at.applyAsDouble(p))
                                .toArray(),
                        points.stream()
                                .mapToDouble(p -> p.scores().getOrDefault(metric, Double.NaN))
                                .toArray())));
        String others = result.others() == 0 ? "the others whole" : "the others pruned by " + percent(result.others());
        return new Plot(metric + " when one modality is pruned, " + others, x, metric, lines);
    }

    private static String percent(double share) {
        return Math.round(1000 * share) / 10.0 + " %";
    }
}
