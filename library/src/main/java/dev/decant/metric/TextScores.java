package dev.decant.metric;

import dev.decant.ModelException;
import dev.decant.spec.TextMetric;
import dev.decant.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A text task's score over a whole set, and the scores that it is the mean of. Not thread-safe. */
public final class TextScores implements Scorer {

    private final TextMetric metric;
    private final List<Double> predicted = new ArrayList<>();
    private final List<Double> wanted = new ArrayList<>();

    public TextScores(TextMetric metric) {
        this.metric = metric;
    }

    /**
     * Takes a batch in.
     *
     * @param outputs logits (N, K), or (N, 1) for scores
     * @param labels classes or scores (N)
     */
    @Override
    public void add(Tensor outputs, Tensor labels) {
        long width = outputs.rank() == 2 ? outputs.size(1) : 1;
        if (outputs.size(0) != labels.size(0) || metric.isOfScores() != (width == 1)) {
            throw new ModelException(metric.key() + " needs "
                    + (metric.isOfScores() ? "one output" : "two or more outputs") + " for each label, found outputs "
                    + List.of(outputs.size(0), width) + " and " + labels.size(0) + " labels");
        }
        float[] values = outputs.floats();
        double[] targets = metric.isOfScores() ? labels.doubles() : asDoubles(labels.longs());
        for (int i = 0; i < targets.length; i++) {
            predicted.add((double) (metric.isOfScores() ? values[i] : best(values, i * (int) width, (int) width)));
            wanted.add(targets[i]);
        }
    }

    private static double[] asDoubles(long[] values) {
        double[] doubles = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            doubles[i] = values[i];
        }
        return doubles;
    }

    /** The first of the highest; 0 if one is not a number. */
    private static int best(float[] values, int from, int width) {
        int best = 0;
        for (int k = 0; k < width; k++) {
            if (Float.isNaN(values[from + k])) {
                return 0;
            }
            best = values[from + k] > values[from + best] ? k : best;
        }
        return best;
    }

    @Override
    public Map<String, Double> scores() {
        double[] p = predicted.stream().mapToDouble(Double::doubleValue).toArray();
        double[] w = wanted.stream().mapToDouble(Double::doubleValue).toArray();
        Map<String, Double> scores = new LinkedHashMap<>();
        scores.put(metric.key(), percent(metric, p, w));
        metric.parts().forEach(part -> scores.put(part.key(), percent(part, p, w)));
        return scores;
    }

    /**
     * Scores a whole set.
     *
     * @param predicted classes as whole numbers, or scores
     * @param labels as many
     * @return 100 for what is all right; correlations go down to -100. Numbers that are not finite are never right
     */
    public static double percent(TextMetric metric, double[] predicted, double[] labels) {
        if (labels.length == 0 || predicted.length != labels.length) {
            throw new IllegalArgumentException("a score needs one prediction for each label and at least one, found "
                    + predicted.length + " predictions and " + labels.length + " labels");
        }
        return 100
                * switch (metric) {
                    case ACCURACY -> accuracy(predicted, labels);
                    case F1 -> BinaryCounts.of(predicted, labels).f1();
                    case MATTHEWS -> BinaryCounts.of(predicted, labels).matthews();
                    case PEARSON -> Correlation.pearson(predicted, labels);
                    case SPEARMAN -> Correlation.spearman(predicted, labels);
                    case F1_AND_ACCURACY -> (BinaryCounts.of(predicted, labels).f1() + accuracy(predicted, labels)) / 2;
                    case PEARSON_AND_SPEARMAN ->
                        (Correlation.pearson(predicted, labels) + Correlation.spearman(predicted, labels)) / 2;
                };
    }

    private static double accuracy(double[] predicted, double[] labels) {
        int right = 0;
        for (int i = 0; i < labels.length; i++) {
            right += predicted[i] == labels[i] ? 1 : 0;
        }
        return (double) right / labels.length;
    }
}
