package dev.decant.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.decant.tensor.Tensor;
import org.junit.jupiter.api.Test;

class TokenScaledTest {

    private static final Tensor STUDENT = Tensor.of(new double[] {.2, -.4, 1.0, 0, 0, 0, 1, 2, 3, 5, 0, 0}, 4, 3);
    private static final Tensor TEACHER = Tensor.of(new double[] {1.5, -.5, .3, 0, 1, 0, 2, 0, 1, 0, 5, 0}, 4, 3);
    private static final Tensor TARGET = Tensor.of(new long[] {0, 2, 1, -100});
    private static final Tensor TEXT = Tensor.of(new long[] {0, 0, 1, 1});

    @Test
    void hardTokensWeighMore() {
        assertThat(TokenScaled.kl(STUDENT, TEACHER, TARGET, TEXT, 10).item())
                .isCloseTo(0.6280469180926567, within(1e-8));
        assertThat(TokenScaled.kl(STUDENT, TEACHER, TARGET, TEXT, 1).item())
                .isCloseTo(0.5935198227437212, within(1e-8));
        assertThat(TokenScaled.kl(TEACHER, TEACHER, TARGET, TEXT, 10).item()).isZero();
    }

    @Test
    void aHugeScaleIsTheMeanOfEachText() {
        double mean = (0.5 * (0.41476896203428726 + 0.12328445950188775) + 0.9957228673244652) / 2;
        assertThat(TokenScaled.kl(STUDENT, TEACHER, TARGET, TEXT, 1e9).item()).isCloseTo(mean, within(1e-8));
    }

    @Test
    void wordsThatWereNotAskedForDoNotCount() {
        Tensor none = Tensor.of(new long[] {-100, -100, -100, -100});
        assertThat(TokenScaled.kl(STUDENT, TEACHER, none, TEXT, 10).item()).isZero();
        double[] gradient = Gradients.of(s -> TokenScaled.kl(s, TEACHER, TARGET, TEXT, 10), STUDENT);
        assertThat(gradient[9]).isZero();
        assertThat(gradient[0]).isNotZero();
    }

    @Test
    void hasTheRightDerivative() {
        Gradients.check(s -> TokenScaled.kl(s, TEACHER, TARGET, TEXT, 2), STUDENT);
        assertThatThrownBy(() -> TokenScaled.kl(STUDENT, TEACHER, Tensor.of(new long[] {1}), TEXT, 10))
                .hasMessageContaining("must be (M) of the logits (4, 3)");
    }
}
