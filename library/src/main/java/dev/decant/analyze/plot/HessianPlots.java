package dev.decant.analyze.plot;

import dev.decant.analyze.HessianStudy;
import dev.decant.metric.Density;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoublePredicate;
import java.util.stream.IntStream;

/** Charts of what a {@link HessianStudy} found, for one network or several. */
public final class HessianPlots {

    private static final int POINTS = 400;

    /** A chart's Gaussians are at least this part of the range wide: thinner ones are lost between its dots. */
    private static final double WIDTH = 0.006;

    /** What is drawn for an empty stretch of a logarithmic axis. */
    private static final double LEAST = 1e-7;

    private HessianPlots() {}

    /**
     * The charts by name: {@code top}, estimated densities of the single examples' positive and negative eigenvalues, if
     * there are any, and {@code density} of the mean loss's.
     */
    public static Map<String, Plot> of(Map<String, HessianStudy.Result> networks) {
        Map<String, Plot> plots = new LinkedHashMap<>();
        List<Plot.Line> tops = new ArrayList<>();
        List<Plot.Line> densities = new ArrayList<>();
        networks.forEach((name, result) -> {
            tops.addAll(tops(name, result));
            densities.add(logarithmic(name, result.density()));
        });
        if (!tops.isEmpty()) {
            plots.put("top", new Plot("eigenvalues of largest size, by example", "eigenvalue", "density", tops));
        }
        plots.put(
                "density",
                new Plot("eigenvalues of the mean loss's Hessian", "eigenvalue", "density, log10", densities));
        return plots;
    }

    private static List<Plot.Line> tops(String name, HessianStudy.Result result) {
        List<Plot.Line> lines = new ArrayList<>();
        double[] positive = some(result, v -> v > 0);
        double[] negative = some(result, v -> v < 0);
        if (positive.length > 0) {
            lines.add(estimate(name + (negative.length > 0 ? " > 0" : ""), Density.ofSamples(positive)));
        }
        if (negative.length > 0) {
            lines.add(estimate(name + " < 0", Density.ofSamples(negative)));
        }
        return lines;
    }

    private static double[] some(HessianStudy.Result result, DoublePredicate which) {
        return result.perExample().stream()
                .flatMapToDouble(Arrays::stream)
                .filter(which)
                .toArray();
    }

    private static Plot.Line estimate(String name, Density density) {
        double[] x = grid(density, 4 * density.deviation(), POINTS);
        return new Plot.Line(name, x, Arrays.stream(x).map(density::at).toArray());
    }

    private static Plot.Line logarithmic(String name, Density density) {
        double range = Arrays.stream(density.centers()).max().orElseThrow()
                - Arrays.stream(density.centers()).min().orElseThrow();
        Density wide = new Density(density.centers(), density.weights(), Math.max(density.deviation(), WIDTH * range));
        double[] x = grid(wide, 4 * wide.deviation(), POINTS);
        return new Plot.Line(
                name,
                x,
                Arrays.stream(x)
                        .map(v -> Math.log10(Math.max(wide.at(v), LEAST)))
                        .toArray());
    }

    private static double[] grid(Density density, double margin, int points) {
        double low = Arrays.stream(density.centers()).min().orElseThrow() - margin;
        double high = Arrays.stream(density.centers()).max().orElseThrow() + margin;
        return IntStream.range(0, points)
                .mapToDouble(i -> low + (high - low) * i / (points - 1))
                .toArray();
    }
}
