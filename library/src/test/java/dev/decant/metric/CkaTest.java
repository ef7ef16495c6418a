package dev.decant.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.decant.ModelException;
import dev.decant.tensor.DType;
import dev.decant.tensor.Rng;
import dev.decant.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class CkaTest {

    private static final Tensor X = Tensor.of(new double[] {1, 2, 3, 1, 0, -1, 2, 2, -1, 1, .5, 0}, 6, 2);
    private static final Tensor Y =
            Tensor.of(new double[] {2, 0, 1, 1, 1, 1, 0, -2, 1, 3, 1, 0, -1, 0, 2, 1, 1, -1}, 6, 3);

    @Test
    void hasTheValuesOfTheDefinition() {
        for (DType type : new DType[] {DType.F64, DType.F32}) {
            Tensor x = X.to(type);
            Tensor y = Y.to(type);
            assertThat(Cka.hsic(x, y)).isCloseTo(1.9944444444444447, within(1e-9));
            assertThat(Cka.hsic(x, x)).isCloseTo(5.530555555555556, within(1e-9));
            assertThat(Cka.hsic(y, y)).isCloseTo(6.455555555555556, within(1e-9));
            assertThat(Cka.unbiased(x, y)).isCloseTo(0.3337880254016996, within(1e-9));
            assertThat(Cka.biased(x, y)).isCloseTo(0.5592487203141698, within(1e-9));
        }
    }

    @Test
    void averagesOverBatchesBeforeTheRatio() {
        Cka cka = new Cka(1, 1);
        Tensor last = X.narrow(0, 2, 4);
        Tensor lastY = Y.narrow(0, 2, 4);
        cka.add(List.of(X), List.of(Y));
        cka.add(List.of(last), List.of(lastY));
        double expected = (Cka.hsic(X, Y) + Cka.hsic(last, lastY))
                / Math.sqrt((Cka.hsic(X, X) + Cka.hsic(last, last)) * (Cka.hsic(Y, Y) + Cka.hsic(lastY, lastY)));
        assertThat(cka.matrix()[0][0]).isCloseTo(expected, within(1e-12));
        assertThat(cka.batches()).isEqualTo(2);
    }

    @Test
    void comparesEveryLayerWithEveryOther() {
        Cka cka = new Cka(2, 3);
        cka.add(List.of(X, Y), List.of(Y, X, X.mul(-3).add(7)));
        double between = Cka.unbiased(X, Y);
        assertThat(cka.matrix()[0]).containsExactly(new double[] {between, 1, 1}, within(1e-12));
        assertThat(cka.matrix()[1]).containsExactly(new double[] {1, between, between}, within(1e-12));
    }

    @Test
    void flattensWhateverFollowsTheBatchAndTakesWideLayersByPieces() {
        Rng.seed(2);
        Tensor wide = Tensor.randn(5, 4, 100, 100); // 40,000 columns
        Tensor half = wide.reshape(5, 40_000).narrow(1, 0, 20_000);
        Tensor turned = wide.flip(3); // the same columns in another order
        assertThat(Cka.unbiased(wide, turned)).isCloseTo(1, within(1e-12));
        assertThat(Cka.biased(wide, half)).isBetween(0.9, 1.0);
    }

    @Test
    void aLayerThatDoesNotVaryHasNoSimilarity() {
        Tensor constant = Tensor.full(0.1, DType.F64, 6, 3);
        assertThat(Cka.unbiased(X, constant)).isNaN();
        assertThat(Cka.biased(constant, X)).isNaN();
    }

    @Test
    void saysWhatDoesNotFit() {
        Cka cka = new Cka(1, 1);
        assertThatThrownBy(() -> cka.add(List.of(X.narrow(0, 0, 3)), List.of(Y.narrow(0, 0, 3))))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("at least 4 examples, found 3");
        assertThatThrownBy(() -> cka.add(List.of(X, X), List.of(Y))).hasMessageContaining("given 2");
        assertThatThrownBy(() -> cka.add(List.of(X), List.of(Y.narrow(0, 0, 5))))
                .hasMessageContaining("layer 0 of the second network: expected 6 examples");
        assertThatThrownBy(() -> cka.add(List.of(X.div(0)), List.of(Y)))
                .hasMessage("activations of layer 0 of the first network are not finite");
        assertThatThrownBy(cka::matrix).isInstanceOf(IllegalStateException.class);
        assertThat(cka.batches()).isZero();
    }
}
