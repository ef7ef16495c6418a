package dev.decant.spec;

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
