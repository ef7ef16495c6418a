package dev.decant.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.decant.tensor.Autocast;
import dev.decant.tensor.DType;
import dev.decant.tensor.Device;
import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Rng;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WeightCacheTest {

    private Scope scope;

    @BeforeEach
    void seed() {
        Rng.seed(0);
    }

    @BeforeEach
    void open() {
        scope = Scope.open();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private static double[] bf16(Supplier<Tensor> forward) {
        try (Scope inner = Scope.open();
                NoGrad off = NoGrad.open();
                Autocast on = Autocast.bf16(Device.CPU)) {
            return forward.get().to(DType.F64).doubles();
        }
    }

    @Test
    void aMapThatDoesNotLearnGivesTheSameBits() {
        Linear linear = new Linear(64, 32);
        Tensor x = Tensor.randn(8, 64);
        double[] learning = bf16(() -> linear.forward(x));
        linear.requiresGrad(false);
        assertThat(bf16(() -> linear.forward(x))).containsExactly(learning);
        assertThat(bf16(() -> linear.forward(x))).containsExactly(learning);
    }

    @Test
    void whatWasKeptFollowsTheParameters() {
        Linear linear = new Linear(64, 32);
        linear.requiresGrad(false);
        Tensor x = Tensor.randn(8, 64);
        double[] before = bf16(() -> linear.forward(x));
        linear.weight().mulInPlace(2);
        double[] after = bf16(() -> linear.forward(x));
        for (int i = 0; i < before.length; i++) {
            assertThat(after[i]).isEqualTo(2 * before[i]);
        }
    }

    @Test
    void aConvolutionWithItsNormFollowsBoth() {
        Conv2d conv = Conv2d.pointwise(8, 8);
        BatchNorm2d norm = new BatchNorm2d(8);
        conv.requiresGrad(false);
        norm.requiresGrad(false);
        norm.train(false);
        Tensor x = Tensor.randn(2, 8, 4, 4);
        double[] one = conv.forward(x, norm).doubles();
        assertThat(conv.forward(x, norm).doubles()).containsExactly(one);
        norm.parameters().get("weight").mulInPlace(2);
        double[] two = conv.forward(x, norm).doubles();
        for (int i = 0; i < one.length; i++) {
            assertThat(two[i]).isEqualTo(2 * one[i]);
        }
    }

    private static Linear rounded(Rounding rounding) {
        Linear linear = new Linear(64, 32);
        linear.slots().get("weight").fill(rounding);
        return linear;
    }

    @Test
    void severalThreadsMayRunOneNetwork() {
        Rounding rounding = new Rounding();
        Linear linear = rounded(rounding);
        Tensor x = Tensor.randn(8, 64);
        double[] expected = linear.forward(x).detach().to(DType.F64).doubles();
        List<double[]> found = IntStream.range(0, 200)
                .parallel()
                .mapToObj(i -> {
                    try (Scope inner = Scope.open();
                            NoGrad off = NoGrad.open()) {
                        return linear.forward(x).to(DType.F64).doubles();
                    }
                })
                .toList();
        assertThat(found).allSatisfy(y -> assertThat(y).containsExactly(expected, within(1e-6)));
    }

    @Test
    void roundedWeightsAreKeptWhileNothingLearns() {
        Rounding rounding = new Rounding();
        Linear linear = rounded(rounding);
        Tensor x = Tensor.randn(8, 64);
        try (NoGrad off = NoGrad.open()) {
            linear.forward(x);
            linear.forward(x);
            assertThat(rounding.calls).isEqualTo(1);
            linear.weight().mulInPlace(2);
            linear.forward(x);
            assertThat(rounding.calls).isEqualTo(2);
        }
        linear.forward(x);
        linear.forward(x);
        assertThat(rounding.calls).isEqualTo(4);
    }

    /** Rounds to whole hundredths and counts how often. */
    private static final class Rounding extends Quantizer {
        private int calls;

        @Override
        public Tensor apply(Tensor x) {
            calls++;
            return x.mul(100).round().div(100);
        }
    }
}
