package dev.decant.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.decant.tensor.Tensor;
import org.junit.jupiter.api.Test;

class AttentionMetricsTest {

    private static final double[][] TEACHER = {{.5, .3, .2}, {.2, .6, .2}, {.1, .3, .6}};
    private static final double[][] STUDENT = {{.3, .5, .2}, {.35, .4, .25}, {.3, .3, .4}};

    @Test
    void rankingLossOfThreeTokens() {
        assertThat(AttentionRanking.referenceLoss(TEACHER, STUDENT)).isCloseTo(0.2, within(1e-12));
        assertThat(AttentionRanking.loss(TEACHER, STUDENT)).isCloseTo(0.2 / 9, within(1e-12));
        assertThat(AttentionRanking.loss(TEACHER, TEACHER)).isZero();
    }

    /** With four tokens the reference sees the one pair inside, (1, 2), twice. */
    @Test
    void theReferenceCountsInsidePairsTwice() {
        double[][] teacher = {{.1, .2, .3, .4}, {1, 1, 1, 1}, {1, 1, 1, 1}, {1, 1, 1, 1}};
        double[][] student = {{.1, .3, .2, .4}, {1, 1, 1, 1}, {1, 1, 1, 1}, {1, 1, 1, 1}};
        assertThat(AttentionRanking.loss(teacher, student) * 4 * 6).isCloseTo(0.1, within(1e-12));
        assertThat(AttentionRanking.referenceLoss(teacher, student)).isCloseTo(0.2, within(1e-12));
    }

    @Test
    void coverLengthOfThreeTokens() {
        assertThat(AttentionRanking.referenceCoverLength(TEACHER, STUDENT, 1)).isCloseTo(.111111, within(1e-6));
        assertThat(AttentionRanking.coverLength(TEACHER, STUDENT, 1)).isCloseTo(.444444, within(1e-6));
        assertThat(AttentionRanking.coverLength(TEACHER, STUDENT, 5)).isEqualTo(1);
    }

    @Test
    void partOfThePairsThatKeepTheirOrder() {
        assertThat(AttentionRanking.preserved(TEACHER, STUDENT)).isEqualTo(6 / 8.0); // (0, 1) in rows 0 and 2 is lost
        assertThat(AttentionRanking.preserved(TEACHER, TEACHER)).isEqualTo(1);
        assertThat(AttentionRanking.preserved(new double[][] {{1}}, new double[][] {{1}}))
                .isEqualTo(1);
    }

    @Test
    void mapsOfDifferentLengthsAreRefused() {
        assertThatThrownBy(() -> AttentionRanking.loss(TEACHER, new double[][] {{1}}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("3 rows of the teacher's and 1 of the student's");
    }

    /**
     * Two heads of one dimension, two tokens; W takes head 0 to (0, v, 0) and head 1 to (2v, 0, 0). Values 3
     * and 4 in head 0, 2 and 0 in head 1: f of token 0 is (0, 3, 0) and (4, 0, 0), of token 1 (0, 4, 0) and 0.
     */
    @Test
    void normsOfTwoHeads() {
        Tensor map = Tensor.of(new double[] {1, 0, .5, .5, 1, 0, .25, .75}, 2, 2, 2);
        Tensor value = Tensor.of(new double[] {3, 4, 2, 0}, 2, 2, 1);
        Tensor output = Tensor.of(new double[] {0, 2, 1, 0, 0, 0}, 3, 2);
        AttentionNorms norms = AttentionNorms.of(map, value, output);
        assertThat(norms.transformed()[0]).containsExactly(3, 4);
        assertThat(norms.transformed()[1]).containsExactly(4, 0);
        assertThat(norms.propagated()[0]).containsExactly(5, 0); // |(4, 3, 0)|, nothing of token 1
        assertThat(norms.propagated()[1][0]).isCloseTo(Math.sqrt(1.5 * 1.5 + 1), within(1e-12));
        assertThat(norms.propagated()[1][1]).isCloseTo(2, within(1e-12));
        AttentionNorms.Means first = norms.means(0);
        assertThat(first.map()).isCloseTo((1 + .5 + 1 + .25) / 4, within(1e-12));
        assertThat(first.transformed()).isEqualTo(3.5);
        assertThat(first.propagated()).isEqualTo(2.5);
        assertThat(norms.means(0, 1).map()).isCloseTo(.5, within(1e-12));
        assertThat(first.distance(norms.means(1)).transformed()).isEqualTo(1.5);
    }

    @Test
    void aDensityIntegratesToOne() {
        Density density = new Density(new double[] {-1, 2}, new double[] {1, 3}, 0.1);
        double sum = 0;
        for (double x = -3; x < 4; x += 0.01) {
            sum += 0.01 * density.at(x);
        }
        assertThat(sum).isCloseTo(1, within(1e-6));
        assertThat(density.at(2)).isCloseTo(3 * density.at(-1), within(1e-9));
        // Deviation of 1, 2, 3 is 1, Scott's factor 3^-0.2.
        assertThat(Density.ofSamples(1, 2, 3).deviation()).isCloseTo(Math.pow(3, -0.2), within(1e-12));
    }
}
