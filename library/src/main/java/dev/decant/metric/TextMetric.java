package dev.decant.metric;

import java.util.List;
import java.util.Locale;

/**
 * What a text task is scored by, in percent. GLUE reports one of these for each task: CoLA the Matthews correlation, MRPC
 * and QQP the mean of F1 and accuracy, STS-B the mean of both correlations, all others the accuracy.
 */
public enum TextMetric {
    ACCURACY,
    /** For classes 0 and 1. */
    F1,
    /** For classes 0 and 1. */
    MATTHEWS,
    PEARSON,
    SPEARMAN,
    /** The mean of both; for classes 0 and 1. */
    F1_AND_ACCURACY,
    /** The mean of both. */
    PEARSON_AND_SPEARMAN;

    /**
     * Scores a whole set.
     *
     * @param predicted classes as whole numbers, or scores
     * @param labels as many
     * @return 100 for what is all right; correlations go down to -100. Numbers that are not finite are never right
     */
    public double percent(double[] predicted, double[] labels) {
        if (labels.length == 0 || predicted.length != labels.length) {
            throw new IllegalArgumentException("a score needs one prediction for each label and at least one, found "
                    + predicted.length + " predictions and " + labels.length + " labels");
        }
        return 100
                * switch (this) {
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

    /** The scores that this is the mean of; for F1 and Matthews, the accuracy is told beside. */
    public List<TextMetric> parts() {
        return switch (this) {
            case F1, MATTHEWS -> List.of(ACCURACY);
            case F1_AND_ACCURACY -> List.of(F1, ACCURACY);
            case PEARSON_AND_SPEARMAN -> List.of(PEARSON, SPEARMAN);
            case ACCURACY, PEARSON, SPEARMAN -> List.of();
        };
    }

    /** Whether predictions are scores and not classes. */
    public boolean isOfScores() {
        return this == PEARSON || this == SPEARMAN || this == PEARSON_AND_SPEARMAN;
    }

    /** The name in reports: {@code f1-and-accuracy}. */
    public String key() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
