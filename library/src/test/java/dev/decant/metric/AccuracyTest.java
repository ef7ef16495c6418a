package dev.decant.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.decant.ModelException;
import dev.decant.tensor.Tensor;
import org.junit.jupiter.api.Test;

class AccuracyTest {

    @Test
    void countsOverBatches() {
        Accuracy accuracy = new Accuracy(3);
        accuracy.add(Tensor.of(new float[] {1, 5, 0, 9, 0, 0}, 2, 3), Tensor.of(new long[] {1, 2}));
        accuracy.add(Tensor.of(new float[] {0, 1, 2}, 1, 3), Tensor.of(new long[] {2}));
        assertThat(accuracy.top1()).isEqualTo(2 / 3.0);
        assertThat(accuracy.top5()).isEqualTo(1);
        assertThat(accuracy.count()).isEqualTo(3);
        assertThat(accuracy.examplesPerClass()).containsExactly(0, 1, 2);
        assertThat(accuracy.rightPerClass()).containsExactly(0, 1, 1);
    }

    @Test
    void theFifthIsAmongFiveAndTheSixthIsNot() {
        Tensor falling = Tensor.of(new float[] {9, 8, 7, 6, 5, 4, 9, 8, 7, 6, 5, 4}, 2, 6);
        Accuracy accuracy = new Accuracy(6);
        accuracy.add(falling, Tensor.of(new long[] {4, 5}));
        assertThat(accuracy.top5()).isEqualTo(0.5);
        assertThat(accuracy.top1()).isZero();
    }

    @Test
    void ofEqualLogitsTheLowerClassWins() {
        Accuracy accuracy = new Accuracy(2);
        accuracy.add(Tensor.zeros(2, 2), Tensor.of(new long[] {0, 1}));
        assertThat(accuracy.rightPerClass()).containsExactly(1, 0);
    }

    @Test
    void aBrokenNetworkIsNeverRight() {
        Accuracy accuracy = new Accuracy(2);
        accuracy.add(Tensor.of(new float[] {Float.NaN, Float.NaN, 1, Float.NaN}, 2, 2), Tensor.of(new long[] {0, 0}));
        assertThat(accuracy.top1()).isZero();
    }

    @Test
    void saysWhatDoesNotFit() {
        Accuracy accuracy = new Accuracy(10);
        assertThatThrownBy(() -> accuracy.add(Tensor.zeros(1, 100), Tensor.of(new long[] {0})))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("needs logits (N, 10)")
                .hasMessageContaining("[1, 100]");
        assertThatThrownBy(() -> accuracy.add(Tensor.zeros(1, 10), Tensor.of(new long[] {10})))
                .hasMessage("label 10 is not a class from 0 to 9");
    }
}
