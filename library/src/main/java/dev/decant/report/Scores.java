package dev.decant.report;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;

/**
 * Scores of one model by seed and by metric, and what is said of them: mean and spread. The spread is the sample
 * standard deviation over seeds, {@code sqrt(sum((x - mean)^2) / (n - 1))}; a single seed has none.
 *
 * @param bySeed metric name to value, for each seed
 */
public record Scores(Map<Long, Map<String, Double>> bySeed) {

    public static final Scores NONE = new Scores(Map.of());

    public Scores {
        Map<Long, Map<String, Double>> copy = new TreeMap<>();
        bySeed.forEach((seed, metrics) -> copy.put(seed, Copies.of(metrics)));
        bySeed = Collections.unmodifiableMap(copy);
    }

    public static Scores of(long seed, Map<String, Double> metrics) {
        return new Scores(Map.of(seed, metrics));
    }

    /** These scores and those of one more seed. */
    public Scores with(long seed, Map<String, Double> metrics) {
        Map<Long, Map<String, Double>> all = new TreeMap<>(bySeed);
        all.put(seed, metrics);
        return new Scores(all);
    }

    public boolean isEmpty() {
        return bySeed.isEmpty();
    }

    /** Mean over the seeds that have the metric. */
    public Map<String, Double> mean() {
        return each(name -> mean(values(name)));
    }

    /** Spread over seeds; empty unless there are two or more. */
    public Map<String, Double> spread() {
        return bySeed.size() < 2 ? Map.of() : each(name -> spread(values(name)));
    }

    /**
     * How much better these scores are than the control's: difference of the means, and its spread. With the same
     * seeds on both sides the differences are taken seed by seed, else the two spreads add as variances.
     */
    public Difference minus(Scores control) {
        Map<String, Double> mean = new LinkedHashMap<>();
        Map<String, Double> spread = new LinkedHashMap<>();
        Map<String, Double> controlMean = control.mean();
        for (Map.Entry<String, Double> ours : mean().entrySet()) {
            String name = ours.getKey();
            Double theirs = controlMean.get(name);
            if (theirs != null) {
                mean.put(name, ours.getValue() - theirs);
                double of = spreadOfDifference(name, control);
                if (!Double.isNaN(of)) {
                    spread.put(name, of);
                }
            }
        }
        return new Difference(Copies.of(mean), Copies.of(spread));
    }

    /** Means and spreads of differences, by metric; {@code spread} is empty with a single seed. */
    public record Difference(Map<String, Double> mean, Map<String, Double> spread) {

        public static final Difference NONE = new Difference(Map.of(), Map.of());
    }

    private double spreadOfDifference(String name, Scores control) {
        if (bySeed.keySet().equals(control.bySeed.keySet())) {
            return spread(bySeed.keySet().stream()
                    .mapToDouble(seed -> value(this, seed, name) - value(control, seed, name))
                    .toArray());
        }
        return Math.hypot(spread(values(name)), spread(control.values(name)));
    }

    private static double value(Scores scores, long seed, String name) {
        Map<String, Double> metrics = scores.bySeed.getOrDefault(seed, Map.of());
        return metrics.getOrDefault(name, Double.NaN);
    }

    private double[] values(String name) {
        return bySeed.values().stream()
                .filter(metrics -> metrics.containsKey(name))
                .mapToDouble(metrics -> metrics.getOrDefault(name, Double.NaN))
                .toArray();
    }

    private Map<String, Double> each(ToDoubleFunction<String> function) {
        Set<String> names = new LinkedHashSet<>();
        bySeed.values().forEach(metrics -> names.addAll(metrics.keySet()));
        Map<String, Double> result = new LinkedHashMap<>();
        names.forEach(name -> result.put(name, function.applyAsDouble(name)));
        return Collections.unmodifiableMap(result);
    }

    private static double mean(double[] values) {
        return DoubleStream.of(values).average().orElse(Double.NaN);
    }

    private static double spread(double[] values) {
        if (values.length < 2) {
            return Double.NaN;
        }
        double mean = mean(values);
        return Math.sqrt(
                DoubleStream.of(values).map(x -> (x - mean) * (x - mean)).sum() / (values.length - 1));
    }

    /** The scores with seeds as text, as JSON keys are. */
    Map<String, Map<String, Double>> byName() {
        Map<String, Map<String, Double>> result = new LinkedHashMap<>();
        bySeed.forEach((seed, metrics) -> result.put(Long.toString(seed), metrics));
        return Collections.unmodifiableMap(result);
    }
}
