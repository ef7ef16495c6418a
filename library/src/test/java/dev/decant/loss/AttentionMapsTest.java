package dev.decant.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.decant.tensor.DType;
import dev.decant.tensor.Rng;
import dev.decant.tensor.Tensor;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AttentionMapsTest {

    private static final Optional<Tensor> NO_MASK = Optional.empty();
    private static final double[] TEACHER = {.5, .3, .2, .2, .6, .2, .1, .3, .6};
    private static final double[] STUDENT = {.3, .5, .2, .35, .4, .25, .3, .3, .4};

    @Test
    void divergenceOfMaps() {
        Tensor s = Tensor.of(STUDENT, 1, 1, 3, 3);
        Tensor t = Tensor.of(TEACHER, 1, 1, 3, 3);
        assertThat(AttentionMaps.kl(s, t, NO_MASK).item()).isCloseTo(0.107436719, within(1e-9));
        assertThat(AttentionMaps.kl(s.to(DType.F32), t.to(DType.F32), NO_MASK).item())
                .isCloseTo(0.107436719, within(1e-5));
        assertThat(AttentionMaps.kl(t, t, NO_MASK).item()).isZero();
    }

    @Test
    void paddingDoesNotCount() {
        Tensor s = Tensor.of(STUDENT, 1, 1, 3, 3);
        Tensor t = Tensor.of(TEACHER, 1, 1, 3, 3);
        Tensor mask = Tensor.of(new long[] {1, 1, 1, 0, 0}, 1, 5);
        assertThat(AttentionMaps.kl(padded(s), padded(t), Optional.of(mask)).item())
                .isCloseTo(0.107436719, within(1e-9));
        double plain = AttentionMaps.scores(s, t, NO_MASK).item();
        assertThat(AttentionMaps.scores(padded(s), padded(t), Optional.of(mask)).item())
                .isCloseTo(plain, within(1e-12));
        double rows = AttentionMaps.squared(s, t, NO_MASK).item();
        Tensor wide = s.pad(0, 2, 0, 2);
        assertThat(AttentionMaps.squared(wide, t.pad(0, 2, 0, 2), Optional.of(mask))
                        .item())
                .isCloseTo(rows, within(1e-12));
    }

    @ParameterizedTest
    @CsvSource({"1, .414769", "2, .408050", "5, .379468", "10, .366090", "20, .358785", "100, .352674", "1000, .351268"
    })
    void largerTemperaturesCompareScores(double temperature, double expected) {
        Tensor s = Tensor.of(new double[] {.2, -.4, 1.0}, 1, 1, 1, 3);
        Tensor t = Tensor.of(new double[] {1.5, -.5, .3}, 1, 1, 1, 3);
        assertThat(AttentionMaps.kl(s, t, NO_MASK, temperature).item()).isCloseTo(expected, within(1e-6));
    }

    @Test
    void temperatureLeavesPaddingOut() {
        Tensor s = Tensor.of(new double[] {.2, -.4, 1.0, .1, .2, .3, 0, 1, 0}, 1, 1, 3, 3);
        Tensor t = Tensor.of(new double[] {1.5, -.5, .3, .3, .2, .1, 1, 0, 0}, 1, 1, 3, 3);
        Tensor mask = Tensor.of(new long[] {1, 1, 1, 0, 0}, 1, 5);
        double plain = AttentionMaps.kl(s, t, NO_MASK, 50).item();
        assertThat(AttentionMaps.kl(padded(s), padded(t), Optional.of(mask), 50).item())
                .isCloseTo(plain, within(1e-9));
    }

    @Test
    void maskedScoresCountAsZero() {
        Tensor s = Tensor.of(new double[] {1, -10_000}, 1, 1, 1, 2);
        Tensor t = Tensor.of(new double[] {3, -9_000}, 1, 1, 1, 2);
        assertThat(AttentionMaps.scores(s, t, NO_MASK).item()).isEqualTo(2);
    }

    @Test
    void gradientsAreThoseOfDifferences() {
        Rng.seed(5);
        Tensor t = Tensor.randn(2, 2, 3, 3).to(DType.F64);
        Tensor s = Tensor.randn(2, 2, 3, 3).to(DType.F64).requiresGrad(true);
        Optional<Tensor> mask = Optional.of(Tensor.of(new long[] {1, 1, 1, 1, 1, 0}, 2, 3));
        AttentionMaps.kl(s, t, mask, 2).backward();
        double[] values = s.detach().doubles();
        double[] found = s.grad().doubles();
        double h = 1e-5;
        for (int i = 0; i < values.length; i++) {
            double up = at(values, i, h, t, mask);
            double down = at(values, i, -h, t, mask);
            assertThat(found[i]).isCloseTo((up - down) / (2 * h), within(1e-8));
        }
    }

    @Test
    void statesOfTokens() {
        Tensor s = Tensor.of(new double[] {1, 2, 3, 4, 9, 9}, 1, 3, 2);
        Tensor t = Tensor.of(new double[] {1, 1, 1, 1, 0, 0}, 1, 3, 2);
        assertThat(States.squared(s, t, NO_MASK).item()).isCloseTo((1 + 4 + 9 + 81 + 81) / 6.0, within(1e-12));
        Tensor mask = Tensor.of(new long[] {1, 1, 0}, 1, 3);
        assertThat(States.squared(s, t, Optional.of(mask)).item()).isCloseTo((1 + 4 + 9) / 4.0, within(1e-12));
    }

    private static double at(double[] values, int i, double by, Tensor t, Optional<Tensor> mask) {
        double[] moved = values.clone();
        moved[i] += by;
        return AttentionMaps.kl(Tensor.of(moved, 2, 2, 3, 3), t, mask, 2).item();
    }

    /** (1, 1, 3, 3) within (1, 1, 5, 5), the rest 0.7. */
    private static Tensor padded(Tensor map) {
        return map.sub(0.7).pad(0, 2, 0, 2).add(0.7);
    }
}
