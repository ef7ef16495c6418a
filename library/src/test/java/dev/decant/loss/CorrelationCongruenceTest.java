package dev.decant.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.decant.tensor.Tensor;
import org.junit.jupiter.api.Test;

class CorrelationCongruenceTest {

    private static final Tensor S = Tensor.of(new double[] {1, 2, 0, 1, 3, -1}, 3, 2);
    private static final Tensor T = Tensor.of(new double[] {.5, 1, 1, -1, 2, 1}, 3, 2);

    @Test
    void hasTheValueCountedByHand() {
        Fixture.isGolden(0.075, as -> CorrelationCongruence.loss(as.apply(S), as.apply(T)));
    }

    @Test
    void isTheSameBackwardsAndZeroWhenEqual() {
        assertThat(CorrelationCongruence.loss(S.flip(0), T.flip(0)).item()).isEqualTo(0.075);
        assertThat(CorrelationCongruence.loss(S, S).item()).isZero();
    }

    @Test
    void teachesBothEmbeddings() {
        Tensor teacher = T.copy().requiresGrad(true);
        CorrelationCongruence.loss(S, teacher).backward();
        assertThat(teacher.hasGrad()).isTrue();
    }

    @Test
    void needsNeighbours() {
        assertThatThrownBy(() -> CorrelationCongruence.loss(S.narrow(0, 0, 1), T.narrow(0, 0, 1)))
                .hasMessageContaining("at least 2, found 1");
    }
}
