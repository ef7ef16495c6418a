package dev.decant.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.decant.tensor.Tensor;
import org.junit.jupiter.api.Test;

class CrossEntropyTest {

    private static final Tensor LOGITS = Tensor.of(new double[] {0, Math.log(3)}, 1, 2); // q = 1/4, 3/4
    private static final Tensor LABELS = Tensor.of(new long[] {1});

    @Test
    void isMinusTheLogOfTheLabelsProbability() {
        assertThat(CrossEntropy.hard(LOGITS, LABELS, 0).item()).isCloseTo(Math.log(4 / 3.0), within(1e-12));
        assertThat(CrossEntropy.soft(LOGITS, LABELS.oneHot(2)).item()).isCloseTo(Math.log(4 / 3.0), within(1e-12));
    }

    @Test
    void smoothingGivesEveryClassItsShare() {
        double expected = 0.95 * Math.log(4 / 3.0) + 0.05 * Math.log(4);
        assertThat(CrossEntropy.hard(LOGITS, LABELS, 0.1).item()).isCloseTo(expected, within(1e-12));
        Tensor smoothed = Tensor.of(new double[] {.05, .95}, 1, 2);
        assertThat(CrossEntropy.loss(LOGITS, smoothed, 0.1).item()).isCloseTo(expected, within(1e-12));
    }

    @Test
    void costsLnOfTheClassesWhenNothingIsKnown() {
        assertThat(CrossEntropy.hard(Tensor.zeros(3, 100), Tensor.of(new long[] {5, 0, 99}), 0)
                        .item())
                .isCloseTo(Math.log(100), within(1e-5));
    }

    @Test
    void binaryAsksForEachClassAlone() {
        Tensor labels = Tensor.of(new double[] {0, 1}, 1, 2);
        double expected = (Math.log(2) + Math.log(4 / 3.0)) / 2; // sigmoid = 1/2, 3/4
        assertThat(CrossEntropy.binary(LOGITS, labels).item()).isCloseTo(expected, within(1e-12));
        Tensor far = Tensor.of(new float[] {-1000, 1000}, 1, 2);
        assertThat(CrossEntropy.binary(far, labels).item()).isZero();
        assertThat(CrossEntropy.binary(far.neg(), labels).item()).isEqualTo(1000);
    }

    @Test
    void namesWhatDoesNotFit() {
        assertThatThrownBy(() -> CrossEntropy.hard(LOGITS, Tensor.of(new long[] {1, 0}), 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("target (2)")
                .hasMessageContaining("logits (1, 2)");
        assertThatThrownBy(() -> CrossEntropy.soft(LOGITS, Tensor.zeros(1, 3)))
                .hasMessage("logits (1, 2) and labels (1, 3) must have the same shape");
        assertThatThrownBy(() -> CrossEntropy.hard(LOGITS, LABELS, 1.5)).hasMessageContaining("between 0 and 1");
    }
}
