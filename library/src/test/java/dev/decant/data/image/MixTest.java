package dev.decant.data.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.decant.data.Seeds;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class MixTest {

    @Test
    void softLabelsAreSmoothedAndMixedWithTheReversedBatch() {
        // s = 0.2, K = 4: off 0.05, on 0.85; lam 0.75
        float[] soft = new Mix(1, 0, 1, 0.5, 0.2).softLabels(new long[] {0, 2, 3}, 4, 0.75);
        assertThat(soft)
                .usingComparatorWithPrecision(1e-6f)
                .containsExactly(
                        0.65f, 0.05f, 0.05f, 0.25f, //
                        0.05f, 0.05f, 0.85f, 0.05f, //
                        0.25f, 0.05f, 0.05f, 0.65f);
    }

    @Test
    void mixupBlendsEachImageWithItsOpposite() {
        BatchShape shape = new BatchShape(4, 1, 1);
        float[] pixels = {0, 0, 0, 10, 10, 10, 20, 20, 20, 40, 40, 40};
        double lam = new Mix(1, 0, 1, 0.5, 0).mix(pixels, shape, new SplittableRandom(5));
        assertThat(lam).isBetween(0.0, 1.0);
        assertThat(pixels[0]).isCloseTo((float) (40 * (1 - lam)), within(1e-4f));
        assertThat(pixels[3]).isCloseTo((float) (10 * lam + 20 * (1 - lam)), within(1e-4f));
        assertThat(pixels[9]).isCloseTo((float) (40 * lam), within(1e-4f));
    }

    @Test
    void cutmixSwapsABoxAndItsAreaIsOneMinusLam() {
        BatchShape shape = new BatchShape(2, 8, 8);
        for (int seed = 0; seed < 50; seed++) {
            float[] pixels = new float[2 * shape.imageLength()];
            java.util.Arrays.fill(pixels, shape.imageLength(), pixels.length, 1);
            double lam = new Mix(0, 1, 1, 0.5, 0).mix(pixels, shape, Seeds.random(7, seed));
            float swapped = 0;
            float left = 0;
            for (int i = 0; i < shape.imageLength(); i++) {
                swapped += pixels[i];
                left += pixels[shape.imageLength() + i];
            }
            assertThat(swapped / shape.imageLength()).isCloseTo((float) (1 - lam), within(1e-5f));
            assertThat(left / shape.imageLength()).isCloseTo((float) lam, within(1e-5f));
        }
    }

    @Test
    void probabilityZeroLeavesTheBatchAlone() {
        float[] pixels = {1, 2, 3, 4, 5, 6};
        assertThat(new Mix(1, 1, 0, 0.5, 0.1).mix(pixels, new BatchShape(2, 1, 1), new SplittableRandom(0)))
                .isEqualTo(1);
        assertThat(pixels).containsExactly(1, 2, 3, 4, 5, 6);
    }

    @Test
    void betaHasTheRightMeanAndVariance() {
        for (double alpha : new double[] {0.1, 0.8, 1, 3}) {
            SplittableRandom random = new SplittableRandom(11);
            double sum = 0;
            double squares = 0;
            int n = 20_000;
            for (int i = 0; i < n; i++) {
                double x = Mix.beta(alpha, random);
                sum += x;
                squares += x * x;
            }
            double mean = sum / n;
            assertThat(mean).as("mean for alpha " + alpha).isCloseTo(0.5, within(0.012));
            assertThat(squares / n - mean * mean)
                    .as("variance for alpha " + alpha)
                    .isCloseTo(1 / (4 * (2 * alpha + 1)), within(0.006));
        }
    }

    @Test
    void settingsAreChecked() {
        assertThatThrownBy(() -> new Mix(0, 0, 1, 0.5, 0.1)).hasMessageContaining("at least one above 0");
        assertThatThrownBy(() -> new Mix(1, 0, 2, 0.5, 0.1)).hasMessageContaining("probability must be from 0 to 1");
        assertThat(Mix.of(0.8, 1)).isEqualTo(new Mix(0.8, 1, 1, 0.5, 0.1));
    }
}
