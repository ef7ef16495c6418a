package dev.decant.prune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.decant.tensor.Rng;
import dev.decant.tensor.Tensor;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

final class HardConcreteTest {

    @Test
    void keepProbabilitiesAreThoseOfTheFormula() {
        double[] a = {-HardConcrete.LIMIT, -2, -1, 0, 1, 2, HardConcrete.LIMIT, 10};
        double[] q = {.0471298, .4009753, .6453352, .8318222, .9307712, .9733667, .9979823, .9999908};

        assertThat(HardConcrete.keepProbability(Tensor.of(a, 8)).doubles()).containsExactly(q, within(1e-6));
    }

    @Test
    void samplesAreThoseOfTheFormula() {
        double[] u = {.25, .5, .75, .1, .25, .75, .9, .5, .5};
        double[] a = {0, 0, 0, 2, 2, -2, -2, 2, -2};
        double[] z = {.0936690, .5, .9063310, .4118910, .8533643, .1466357, .5881090, 1, 0};

        assertThat(HardConcrete.stretched(Tensor.of(u, 9), Tensor.of(a, 9)).doubles())
                .containsExactly(z, within(1e-6));
    }

    @Test
    void settlesOnTheLargestParameters() {
        HardConcrete gate = gate(1, 2, -1, .5, -3, 1, -.2);
        gate.train(false);

        assertThat(gate.kept()).containsExactly(0, 2, 4, 5);
        assertThat(gate.mask().floats()).containsExactly(1, 0, 1, 0, 1, 1);
        assertThat(gate.expected().item()).isEqualTo(6 - 1.5602, within(1e-4));
    }

    @Test
    void keepsAtLeastOneUnitAndMultiplesWhereAsked() {
        assertThat(gate(1, -4, -4.5, -4.2).kept()).containsExactly(0);
        assertThat(gate(4, 2, -1, .5, -3, 1, -.2).kept()).containsExactly(0, 2, 4, 5);
        assertThat(gate(4, 4, -4, -4, -4, -4, -4, -4, -4).kept()).hasSize(4).contains(0);
        assertThat(gate(4, 4, 4, 4, 4, 4, 4).kept()).hasSize(6);
        assertThat(new Rounding(8).kept(20, 13)).isEqualTo(16);
        assertThat(new Rounding(8).kept(20, 3)).isEqualTo(8);
        assertThat(new Rounding(8).kept(4, 1)).isEqualTo(4);
    }

    @Test
    void drawsInTrainingAndIsMostlyZeroOrOne() {
        Rng.seed(3);
        HardConcrete gate = gate(1, new double[2000]);
        float[] first = gate.mask().floats();
        float[] second = gate.mask().floats();

        assertThat(first).isNotEqualTo(second);
        double open = 0;
        for (float z : first) {
            assertThat(z).isBetween(0f, 1f);
            open += z > 0 ? 1 : 0;
        }
        assertThat(open / 2000).isEqualTo(.8318, within(.03));
    }

    @Test
    void aFixedGateDrawsNoMore() {
        HardConcrete gate = gate(1, 2, -1, .5, -3, 1, -.2);
        gate.fix(true);
        assertThat(gate.mask().floats()).containsExactly(1, 0, 1, 0, 1, 1);
        gate.fix(false);
        assertThat(gate.mask().requiresGrad()).isTrue();
    }

    @Test
    void gradientOfASampleIsThatOfFiniteDifferences() {
        double[] u = {.3, .5, .6, .8};
        double[] a = {.4, -.3, .1, -1.2};
        Tensor parameter = Tensor.of(a, 4).requiresGrad(true);
        HardConcrete.stretched(Tensor.of(u, 4), parameter).square().sum().backward();

        double[] grad = parameter.grad().doubles();
        for (int i = 0; i < 4; i++) {
            assertThat(grad[i]).isEqualTo((squares(u, a, i, 1e-6) - squares(u, a, i, -1e-6)) / 2e-6, within(1e-6));
        }
    }

    private static double squares(double[] u, double[] a, int i, double step) {
        double[] moved = a.clone();
        moved[i] += step;
        return Arrays.stream(HardConcrete.stretched(Tensor.of(u, 4), Tensor.of(moved, 4))
                        .doubles())
                .map(z -> z * z)
                .sum();
    }

    private static HardConcrete gate(int multiple, double... a) {
        float[] values = new float[a.length];
        for (int i = 0; i < a.length; i++) {
            values[i] = (float) a[i];
        }
        return new HardConcrete(Tensor.of(values, a.length), new Rounding(multiple));
    }
}
