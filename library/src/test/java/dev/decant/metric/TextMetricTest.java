package dev.decant.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.decant.spec.TextMetric;
import dev.decant.tensor.Tensor;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TextMetricTest {

    // of 8: TP 3, FP 1, FN 2, TN 2
    private static final double[] LABELS = {1, 1, 1, 1, 1, 0, 0, 0};
    private static final double[] PREDICTED = {1, 1, 1, 0, 0, 1, 0, 0};

    @Test
    void countsAreThoseOfTheFourCells() {
        assertThat(BinaryCounts.of(PREDICTED, LABELS)).isEqualTo(new BinaryCounts(3, 1, 2, 2));
        assertThat(TextScores.percent(TextMetric.ACCURACY, PREDICTED, LABELS)).isEqualTo(62.5);
        // precision 3/4, recall 3/5
        assertThat(TextScores.percent(TextMetric.F1, PREDICTED, LABELS))
                .isCloseTo(100 * 2 * 0.75 * 0.6 / 1.35, within(1e-9));
        // (6 - 2) / sqrt(4 * 5 * 3 * 4)
        assertThat(TextScores.percent(TextMetric.MATTHEWS, PREDICTED, LABELS))
                .isCloseTo(400 / Math.sqrt(240), within(1e-9));
        assertThat(TextScores.percent(TextMetric.F1_AND_ACCURACY, PREDICTED, LABELS))
                .isCloseTo((200.0 / 3 + 62.5) / 2, within(1e-9));
    }

    /** Both correlations of two lists of zeros and ones are the Matthews correlation. */
    @Test
    void correlationsOfClassesAreMatthews() {
        double matthews = BinaryCounts.of(PREDICTED, LABELS).matthews();
        assertThat(Correlation.pearson(PREDICTED, LABELS)).isCloseTo(matthews, within(1e-12));
        assertThat(Correlation.spearman(PREDICTED, LABELS)).isCloseTo(matthews, within(1e-12));
    }

    @Test
    void correlationsAreThoseOfTheFormula() {
        double[] x = {1, 2, 3, 4};
        double[] y = {2, 1, 4, 5};
        // deviations (-1.5 -.5 .5 1.5) and (-1 -2 1 2): 6 / sqrt(5 * 10)
        assertThat(Correlation.pearson(x, y)).isCloseTo(6 / Math.sqrt(50), within(1e-12));
        // ranks 2 1 3 4: 1 - 6 * 2 / (4 * 15)
        assertThat(Correlation.spearman(x, y)).isCloseTo(0.8, within(1e-12));
        assertThat(TextScores.percent(TextMetric.PEARSON_AND_SPEARMAN, x, y))
                .isCloseTo(50 * (6 / Math.sqrt(50) + 0.8), within(1e-9));
        double[] curved = IntStream.range(0, 4).mapToDouble(i -> Math.exp(x[i])).toArray();
        assertThat(Correlation.spearman(x, curved)).isCloseTo(1, within(1e-12));
    }

    @Test
    void equalNumbersShareTheirRank() {
        assertThat(Correlation.ranks(new double[] {7, 3, 7, 1, 7})).containsExactly(4, 2, 4, 1, 4);
        // ranks 1 2.5 2.5 4 and 1 2 3 4: 4.5 / sqrt(4.5 * 5)
        assertThat(Correlation.spearman(new double[] {0, 5, 5, 9}, new double[] {1, 2, 3, 4}))
                .isCloseTo(Math.sqrt(0.9), within(1e-12));
    }

    @Test
    void whatSaysNothingScoresZero() {
        double[] same = {1, 1, 1};
        double[] labels = {0, 1, 1};
        assertThat(TextScores.percent(TextMetric.MATTHEWS, same, labels)).isZero();
        assertThat(TextScores.percent(TextMetric.PEARSON, same, labels)).isZero();
        assertThat(TextScores.percent(TextMetric.SPEARMAN, same, labels)).isZero();
        assertThat(TextScores.percent(TextMetric.F1, new double[] {0, 0, 0}, new double[] {0, 0, 0}))
                .isZero();
        double[] broken = {Double.NaN, 1, 2};
        assertThat(TextScores.percent(TextMetric.PEARSON_AND_SPEARMAN, broken, labels))
                .isZero();
        assertThat(TextScores.percent(TextMetric.ACCURACY, broken, labels)).isCloseTo(100.0 / 3, within(1e-9));
        assertThatThrownBy(() -> TextScores.percent(TextMetric.F1, new double[] {2}, new double[] {1}))
                .hasMessageContaining("classes 0 and 1, found 2.0");
        assertThatThrownBy(() -> TextScores.percent(TextMetric.ACCURACY, new double[0], new double[0]))
                .hasMessageContaining("at least one");
    }

    @Test
    void scoresAreGatheredOverBatches() {
        TextScores classes = new TextScores(TextMetric.F1_AND_ACCURACY);
        classes.add(Tensor.of(new float[] {0, 1, 2, 1}, 2, 2), Tensor.of(new long[] {1, 1}, 2));
        classes.add(Tensor.of(new float[] {5, -1}, 1, 2), Tensor.of(new long[] {0}, 1));
        // right 2 of 3, TP 1, FN 1
        assertThat(classes.scores().get("accuracy")).isCloseTo(200.0 / 3, within(1e-9));
        assertThat(classes.scores().get("f1")).isCloseTo(200.0 / 3, within(1e-9));
        assertThat(classes.scores().keySet()).containsExactly("f1-and-accuracy", "f1", "accuracy");

        TextScores values = new TextScores(TextMetric.PEARSON);
        values.add(Tensor.of(new float[] {1, 2, 3}, 3, 1), Tensor.of(new float[] {2, 4, 6}, 3));
        assertThat(values.scores()).containsOnlyKeys("pearson");
        assertThat(values.scores().get("pearson")).isCloseTo(100, within(1e-6));
        assertThatThrownBy(() -> values.add(Tensor.zeros(2, 3), Tensor.zeros(2)))
                .hasMessage("pearson needs one output for each label, found outputs [2, 3] and 2 labels");
    }

    @Test
    void onlyHiddenWordsAreScored() {
        WordScores words = new WordScores();
        float[] logits = {0, 0, 0, 0, (float) Math.log(2), 0};
        words.add(Tensor.of(logits, 2, 3), Tensor.of(new long[] {2, 1}, 2));
        // uniform: -ln 1/3, and the first of equal words is chosen; then -ln 2/4
        assertThat(words.scores().get("accuracy")).isEqualTo(50);
        assertThat(words.scores().get("loss")).isCloseTo((Math.log(3) + Math.log(2)) / 2, within(1e-6));
    }
}
