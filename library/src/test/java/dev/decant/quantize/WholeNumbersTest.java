package dev.decant.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import dev.decant.nn.Init;
import dev.decant.nn.Int8Matrix;
import dev.decant.nn.Linear;
import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Rng;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Quantizers as makers of whole numbers, and linear maps that multiply these. */
class WholeNumbersTest {

    private static final double NONE = Double.POSITIVE_INFINITY;

    @BeforeEach
    void seed() {
        Rng.seed(5);
    }

    static List<CodeQuantizer> quantizers() {
        return List.of(
                new FixedQuantizer(new Grid.Symmetric(8), Grouping.TOKEN, 2.5),
                new FixedQuantizer(new Grid.Symmetric(8), Grouping.TENSOR, NONE),
                new FixedQuantizer(new Grid.Symmetric(4), Grouping.TOKEN, 0.5),
                new FixedQuantizer(new Grid.Asymmetric(8), Grouping.TOKEN, NONE),
                new FixedQuantizer(new Grid.Asymmetric(2), Grouping.TENSOR, 1),
                new LearnedClip(new Grid.Symmetric(8), Grouping.TOKEN),
                new Lsq(8, true),
                new Lsq(8, false));
    }

    private static double furthest(Tensor a, Tensor b) {
        return a.sub(b).abs().max().item();
    }

    @ParameterizedTest
    @MethodSource("quantizers")
    void wholeNumbersStandForTheSameValues(CodeQuantizer quantizer) {
        try (Scope scope = Scope.open();
                NoGrad quiet = NoGrad.open()) {
            Tensor x = Init.normal(1, 3, 4, 6);
            Tensor values = quantizer.apply(x);
            Int8Matrix whole = quantizer.whole(x);
            assertThat(quantizer.makesWhole()).isTrue();
            assertThat(whole.codes().shape()).containsExactly(12, 6);
            assertThat(furthest(whole.values().reshape(x.shape()), values)).isLessThan(1e-5);
        }
    }

    @Test
    void aLargeTensorIsRoundedAsItsRowsAre() {
        try (Scope scope = Scope.open();
                NoGrad quiet = NoGrad.open()) {
            Tensor x = Init.normal(1, 1200, 1000);
            for (Grid grid : List.of(new Grid.Symmetric(8), new Grid.Asymmetric(8), new Grid.Twn())) {
                CodeQuantizer quantizer = new FixedQuantizer(grid, Grouping.TOKEN, 2);
                Tensor all = quantizer.apply(x);
                Int8Matrix whole = quantizer.whole(x);
                for (long row : new long[] {0, 261, 262, 1199}) {
                    Tensor alone = quantizer.apply(x.narrow(0, row, 1));
                    assertThat(furthest(all.narrow(0, row, 1), alone)).isZero();
                    assertThat(furthest(whole.values().narrow(0, row, 1), alone))
                            .isLessThan(1e-6);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("quantizers")
    void aLinearMapComputesTheSameByWholeNumbers(CodeQuantizer quantizer) {
        try (Scope scope = Scope.open()) {
            Linear map = new Linear(16, 8);
            map.slots().get("input").fill(quantizer);
            map.slots().get("weight").fill(new FixedQuantizer(new Grid.Twn(), Grouping.ROW, NONE));
            map.train(false);
            Tensor x = Init.normal(1, 2, 5, 16);
            Tensor numbers = map.forward(x).detach();
            try (NoGrad quiet = NoGrad.open()) {
                Tensor whole = map.forward(x);
                assertThat(whole.shape()).containsExactly(2, 5, 8);
                assertThat(furthest(whole, numbers)).isLessThan(1e-6);

                Tensor weight = map.weight(); // what is kept of it is made again
                weight.copyFrom(Init.normal(0.02, 8, 16));
                Tensor changed = map.forward(x);
                assertThat(furthest(changed, whole)).isGreaterThan(1e-4);
            }
        }
    }

    @Test
    void codesThatDoNotFitAByteStayNumbers() {
        assertThat(new FixedQuantizer(new Grid.MidPrecision(8), Grouping.ROW, NONE).makesWhole())
                .isFalse();
        assertThat(new FixedQuantizer(new Grid.Twn(), Grouping.blocks(4), NONE).makesWhole())
                .isFalse();
    }
}
