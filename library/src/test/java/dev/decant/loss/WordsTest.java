package dev.decant.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.decant.tensor.Tensor;
import org.junit.jupiter.api.Test;

class WordsTest {

    @Test
    void smoothingTakesFromTheLabelAndGivesToTheOthers() {
        Tensor logits = Tensor.of(new double[] {2, 1, 0, -1}, 1, 4);
        assertThat(Words.mean(logits, Tensor.of(new long[] {0}), .1).item()).isCloseTo(0.5791849561, within(1e-9));
        assertThat(Words.mean(logits, Tensor.of(new long[] {0}), 0).item()).isCloseTo(0.4401896986, within(1e-9));
    }

    @Test
    void rowsWithoutALabelDoNotCount() {
        Tensor logits = Tensor.of(new double[] {2, 1, 0, -1, 5, 5, 5, 5}, 2, 4);
        assertThat(Words.mean(logits, Tensor.of(new long[] {0, -100}), 0).item())
                .isCloseTo(0.4401896986, within(1e-9));
        assertThat(Words.mean(logits, Tensor.of(new long[] {-100, -100}), 0).item())
                .isZero();
    }

    @Test
    void divergenceOfRows() {
        Tensor s = Tensor.of(new double[] {1, 0, .5, -.5}, 2, 2);
        Tensor t = Tensor.of(new double[] {2, -1, 0, 1}, 2, 2);
        Tensor both = Tensor.of(new long[] {1, 1});
        assertThat(Words.kd(s, t, both, 1).item()).isCloseTo(0.3159698734, within(1e-9));
        assertThat(Words.kd(s, t, both, 1).item())
                .isCloseTo(SoftTargets.kd(s, t, 1).item(), within(1e-12));
        Tensor first = Tensor.of(new long[] {1, 0});
        assertThat(Words.kd(s, t, first, 2).item())
                .isCloseTo(
                        SoftTargets.kd(s.narrow(0, 0, 1), t.narrow(0, 0, 1), 2).item(), within(1e-12));
        assertThat(Words.kd(s, s, both, 1).item()).isZero();
    }
}
