package dev.decant.metric;

import dev.decant.ModelException;
import dev.decant.tensor.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Counts how often the label is the most likely class or among the five most likely. Fed batch by batch; not thread-safe.
 *
 * <p>Of equal logits the lower class wins, as in argmax. A logit that is not a number is never right and beats any other, so
 * a network that broke down scores 0.
 */
public final class Accuracy implements Scorer {

    private static final int FEW = 5;

    private final long[] examples;
    private final long[] right;
    private long rightAmongFew;

    public Accuracy(int classes) {
        if (classes < 1) {
            throw new ModelException("accuracy needs at least one class, found " + classes);
        }
        examples = new long[classes];
        right = new long[classes];
    }

    /**
     * Takes a batch in.
     *
     * @param logits (N, K), any order-preserving scores
     * @param labels classes (N), from 0 to K - 1
     */
    @Override
    public void add(Tensor logits, Tensor labels) {
        int classes = examples.length;
        if (logits.rank() != 2 || logits.size(1) != classes || labels.rank() != 1 || labels.size(0) != logits.size(0)) {
            throw new ModelException("accuracy over " + classes + " classes needs logits (N, " + classes
                    + ") and labels (N), found " + Arrays.toString(logits.shape()) + " and "
                    + Arrays.toString(labels.shape()));
        }
        float[] values = logits.floats();
        long[] wanted = labels.longs();
        for (long label : wanted) {
            if (label < 0 || label >= classes) {
                throw new ModelException("label " + label + " is not a class from 0 to " + (classes - 1));
            }
        }
        for (int i = 0; i < wanted.length; i++) {
            count((int) wanted[i], rank(values, i * classes, (int) wanted[i]));
        }
    }

    private void count(int label, int rank) {
        examples[label]++;
        right[label] += rank == 0 ? 1 : 0;
        rightAmongFew += rank < FEW ? 1 : 0;
    }

    /** How many classes come before the label. */
    private int rank(float[] values, int start, int label) {
        float own = values[start + label];
        if (Float.isNaN(own)) {
            return Integer.MAX_VALUE;
        }
        int before = 0;
        for (int c = 0; c < examples.length; c++) {
            float other = values[start + c];
            boolean wins = Float.isNaN(other) || other > own || (other == own && c < label);
            before += wins ? 1 : 0;
        }
        return before;
    }

    /** Share of examples whose label is the most likely class, in [0, 1]; NaN before the first example. */
    public double top1() {
        return (double) Arrays.stream(right).sum() / count();
    }

    /** Share of examples whose label is among the five most likely classes; 1 with five classes or fewer. */
    public double top5() {
        return (double) rightAmongFew / count();
    }

    /** {@code accuracy} (top-1) and {@code top5}, in percent. */
    @Override
    public Map<String, Double> scores() {
        Map<String, Double> scores = new LinkedHashMap<>();
        scores.put("accuracy", 100 * top1());
        scores.put("top5", 100 * top5());
        return scores;
    }

    public long count() {
        return Arrays.stream(examples).sum();
    }

    /** Examples of each class. */
    public long[] examplesPerClass() {
        return examples.clone();
    }

    /** Examples of each class that were right. */
    public long[] rightPerClass() {
        return right.clone();
    }
}
