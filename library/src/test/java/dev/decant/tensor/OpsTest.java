package dev.decant.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OpsTest {

    private Scope scope;

    @BeforeEach
    void open() {
        scope = Scope.open();
        Rng.seed(3);
    }

    @AfterEach
    void close() {
        scope.close();
    }

    /** Both sizes of the image: one that the stride divides and one that it does not. */
    @ParameterizedTest
    @ValueSource(longs = {8, 9})
    void depthwiseConvolutionsWithAStrideAreTheSameInBf16(long side) {
        Tensor x = Tensor.randn(2, 6, side, side).requiresGrad(true);
        Tensor weight = Tensor.randn(6, 1, 3, 3).requiresGrad(true);

        Tensor exact = Ops.conv2d(x, weight, List.of(), 2, 1, 6);
        exact.mul(exact).sum().backward();
        double[] byInput = x.grad().doubles();
        double[] byWeight = weight.grad().doubles();
        x.clearGrad();
        weight.clearGrad();

        Tensor rounded;
        try (Autocast on = Autocast.bf16(Device.CPU)) {
            rounded = Ops.conv2d(x, weight, List.of(), 2, 1, 6).to(DType.F32);
        }
        rounded.mul(rounded).sum().backward();

        assertThat(rounded.shape()).isEqualTo(exact.shape());
        close(rounded.doubles(), exact.doubles());
        close(x.grad().doubles(), byInput);
        close(weight.grad().doubles(), byWeight);
    }

    @Test
    void allSlicesOfADimensionShareOneGradient() {
        Tensor x = Tensor.of(new double[] {1, 2, 3, 4, 5, 6}, 3, 2).requiresGrad(true);
        List<Tensor> rows = x.unbind(0);
        rows.get(0).mul(rows.get(2)).sum().backward();
        assertThat(x.grad().doubles()).containsExactly(5, 6, 0, 0, 1, 2);
    }

    /** Within bf16's three digits of the largest. */
    private static void close(double[] found, double[] expected) {
        double largest = 0;
        for (double e : expected) {
            largest = Math.max(largest, Math.abs(e));
        }
        for (int i = 0; i < expected.length; i++) {
            assertThat(found[i]).isCloseTo(expected[i], within(0.02 * largest));
        }
    }

    @Test
    void dropoutKeepsTheMeanAndItsGradientIsTheMask() {
        Rng.seed(1);
        Tensor x = Tensor.ones(1001, 101).requiresGrad(true);
        Tensor y = Ops.dropout(x, 0.1, true);
        double kept = 65536.0 / (65536 - Math.round(0.1 * 65536));
        assertThat(y.eq(0).to(DType.F32).mean().item()).isCloseTo(0.1, within(0.004));
        assertThat(y.eq(0)
                        .to(DType.F32)
                        .add(y.sub(kept).abs().lt(1e-6).to(DType.F32))
                        .mean()
                        .item())
                .isEqualTo(1);
        assertThat(y.mean().item()).isCloseTo(1, within(0.004));
        Tensor halves = y.reshape(-1).eq(0).to(DType.F32); // neighbours share a draw, but are independent
        double both = halves.narrow(0, 0, 101_100)
                .mul(halves.narrow(0, 1, 101_100))
                .mean()
                .item();
        assertThat(both).isCloseTo(0.01, within(0.002));
        y.sum().backward();
        assertThat(x.grad().floats()).isEqualTo(y.detach().floats());
        assertThat(Ops.dropout(x, 0.1, false)).isSameAs(x);
        assertThat(Ops.dropout(x, 1, true).sum().item()).isZero();
        Rng.seed(1);
        assertThat(Ops.dropout(x, 0.1, true).floats()).isEqualTo(y.floats());
    }
}
