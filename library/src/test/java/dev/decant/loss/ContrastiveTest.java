package dev.decant.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.decant.tensor.Tensor;
import org.junit.jupiter.api.Test;

class ContrastiveTest {

    @Test
    void hasTheAuthorsValue() {
        Tensor scores = Tensor.of(new double[] {.02, .01, .005, .03, .02, .01}, 2, 3);
        Fixture.isGolden(1.4656057095278627, as -> Contrastive.contrast(as.apply(scores), 100));
    }

    @Test
    void scoresByTheCosineOverTheTemperature() {
        Tensor memory = Tensor.of(new double[] {1, 0, 0, 1}, 1, 2, 2); // one example: itself, one negative
        Tensor vector = Contrastive.unit(Tensor.of(new double[] {3, 4}, 1, 2)); // 0.6, 0.8
        Tensor scores = Contrastive.scores(memory, vector, 0.5);
        assertThat(scores.doubles()).containsExactly(new double[] {Math.exp(1.2), Math.exp(1.6)}, within(1e-12));
        assertThat(Contrastive.normaliser(scores, 10).item())
                .isCloseTo(5 * (Math.exp(1.2) + Math.exp(1.6)), within(1e-12));
    }

    @Test
    void theBankMovesHalfWayAndStaysOnTheSphere() {
        Tensor rows = Tensor.of(new double[] {1, 0}, 1, 2);
        Tensor vectors = Tensor.of(new double[] {0, 1}, 1, 2);
        double diagonal = Math.sqrt(0.5);
        assertThat(Contrastive.updated(rows, vectors, 0.5).doubles())
                .containsExactly(new double[] {diagonal, diagonal}, within(1e-12));
    }

    @Test
    void prefersAHighPositiveAndLowNegatives() {
        double good = Contrastive.contrast(Tensor.of(new double[] {.5, .01}, 1, 2), 10)
                .item();
        double bad = Contrastive.contrast(Tensor.of(new double[] {.01, .5}, 1, 2), 10)
                .item();
        assertThat(good).isPositive().isLessThan(bad);
    }

    @Test
    void namesWhatDoesNotFit() {
        assertThatThrownBy(() -> Contrastive.scores(Tensor.zeros(1, 2, 3), Tensor.zeros(1, 2), 0.07))
                .hasMessage("memory (1, 2, 3) must be (N, 1 + M, D) for vectors (N, D) (1, 2)");
        assertThatThrownBy(() -> Contrastive.contrast(Tensor.zeros(4, 1), 10))
                .hasMessageContaining("at least one negative");
    }
}
