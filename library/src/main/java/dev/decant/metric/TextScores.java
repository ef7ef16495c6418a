package dev.decant.metric;

import dev.decant.ModelException;
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
        scores.put(metric.key(), metric.percent(p, w));
        metric.parts().forEach(part -> scores.put(part.key(), part.percent(p, w)));
        return scores;
    }
}
