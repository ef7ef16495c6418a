package dev.decant.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.decant.tensor.Tensor;
import org.junit.jupiter.api.Test;

class HintsTest {

    @Test
    void isTheMeanSquare() {
        Tensor s = Tensor.of(new double[] {1, 2, 3, 4}, 1, 2, 2);
        Tensor t = Tensor.of(new double[] {1, 0, 3, 2}, 1, 2, 2);
        Fixture.isGolden(2, as -> Hints.mse(as.apply(s), as.apply(t)));
        assertThat(Hints.mse(s, s).item()).isZero();
    }

    @Test
    void namesWhatDoesNotFit() {
        assertThatThrownBy(() -> Hints.mse(Tensor.zeros(1, 2), Tensor.zeros(2, 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("student features (1, 2) and teacher features (2, 1) must have the same shape");
    }
}
