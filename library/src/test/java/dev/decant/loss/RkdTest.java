package dev.decant.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.decant.tensor.Autocast;
import dev.decant.tensor.DType;
import dev.decant.tensor.Device;
import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Rng;
import dev.decant.tensor.Tensor;
import org.junit.jupiter.api.Test;

class RkdTest {

    private static final Tensor S = Tensor.of(new double[] {1, 0, 0, 1, 2, 2}, 3, 2);
    private static final Tensor T = Tensor.of(new double[] {1, 1, 0, 0, 2, 1, 3, 0, 1}, 3, 3);

    @Test
    void hasTheAuthorsValues() {
        Fixture.isGolden(0.011496705720975485, as -> Rkd.distance(as.apply(S), as.apply(T)));
        Fixture.isGolden(0.032082177537545935, as -> Rkd.angle(as.apply(S), as.apply(T)));
        Fixture.isGolden(1.8915265199016837, as -> Rkd.loss(as.apply(S), as.apply(T), 25, 50));
    }

    @Test
    void seesNoDifferenceInTurnedMovedAndScaledFeatures() {
        Tensor turned = Tensor.of(new double[] {0, 3, -3, 0, -6, 6}, 3, 2).add(5); // by 90 degrees, by 3
        assertThat(Rkd.loss(turned, S, 25, 50).item()).isCloseTo(0, within(1e-12));
    }

    @Test
    void anglesByPiecesAreTheSameInValueAndGradient() {
        Rng.seed(3);
        Tensor s = Tensor.randn(7, 3).to(DType.F64);
        Tensor t = Tensor.randn(7, 5).to(DType.F64);
        double whole = Rkd.angle(s, t).item();
        for (long largest : new long[] {1, 100, 200}) { // 1, 2 and 4 anchors at a time
            assertThat(Rkd.angle(s, t, largest).item()).isCloseTo(whole, within(1e-14));
            assertThat(Gradients.of(x -> Rkd.angle(x, t, largest).mul(2), s))
                    .containsExactly(Gradients.of(x -> Rkd.angle(x, t).mul(2), s), within(1e-14));
        }
        try (NoGrad quiet = NoGrad.open()) {
            Tensor leaf = s.copy().requiresGrad(true);
            assertThat(Rkd.angle(leaf, t, 1).item()).isCloseTo(whole, within(1e-14));
        }
    }

    @Test
    void coincidingFeaturesGiveNoGradientInsteadOfAnEndlessOne() {
        Tensor twins = Tensor.of(new float[] {1, 2, 1, 2, 0, 1}, 3, 2).requiresGrad(true);
        Rkd.loss(twins, T.to(DType.F32), 25, 50).backward();
        assertThat(twins.grad().isFinite()).isTrue();
        assertThat(twins.grad().abs().max().item()).isLessThan(1000);
    }

    @Test
    void multipliesInFullPrecisionInsideABf16Region() {
        double plain = Rkd.loss(S.to(DType.F32), T.to(DType.F32), 25, 50).item();
        try (Autocast bf16 = Autocast.bf16(Device.CPU)) {
            assertThat(Rkd.loss(S.to(DType.F32), T.to(DType.F32), 25, 50).item())
                    .isEqualTo(plain);
        }
    }

    @Test
    void needsABatch() {
        assertThatThrownBy(() -> Rkd.distance(S.narrow(0, 0, 1), T.narrow(0, 0, 1)))
                .hasMessage("a loss between examples needs a batch of at least 2, found 1");
        assertThatThrownBy(() -> Rkd.angle(S, T.narrow(0, 0, 2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("(3, 2)")
                .hasMessageContaining("(2, 3)");
    }
}
