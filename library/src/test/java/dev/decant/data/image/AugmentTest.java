package dev.decant.data.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.decant.DataException;
import dev.decant.data.Seeds;
import dev.decant.image.Crops;
import dev.decant.image.Image;
import dev.decant.image.Normalization;
import dev.decant.image.Pictures;
import dev.decant.image.Range;
import dev.decant.image.Transform;
import dev.decant.spec.Interpolation;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class AugmentTest {

    private final Image picture = Pictures.resource("resize/source_37x29.png");

    @Test
    void normalizesToChannelsThenRowsThenColumns() {
        Normalization half = new Normalization(List.of(0.5, 0.5, 0.0), List.of(0.5, 0.25, 1.0));
        Image two = new Image(2, 1, new byte[] {0, 0, 0, (byte) 255, (byte) 255, (byte) 255});
        float[] out = new float[7];
        Augment.normalizedBy(half).build().normalize(two, out, 1, new SplittableRandom(0));
        assertThat(out).containsExactly(0, -1, 1, -2, 2, 0, 1);
    }

    @Test
    void evaluationScalesTheShortSideToFloorOfSizeByCropPct() {
        assertThat(Crops.resizeShortSide(picture, (int) Math.floor(24 / 0.875), Interpolation.BILINEAR)
                        .toString())
                .isEqualTo("Image[34 x 27]"); // 27 * 37 / 29 = 34.4
        Image out = Augment.evaluation(24, 0.875, Interpolation.BICUBIC, Normalization.HALF)
                .apply(picture, new SplittableRandom(0));
        assertThat(out.toString()).isEqualTo("Image[24 x 24]");
    }

    @Test
    void theCenterOfASmallerImageIsPaddedBlack() {
        Image out = Crops.center(Pictures.plain(1, 3, 9, 9, 9), 3);
        assertThat(List.of(out.value(0, 1, 0), out.value(1, 1, 0), out.value(2, 1, 0)))
                .containsExactly(0, 9, 0);
    }

    @Test
    void padAndCropMovesThePictureByUpToThePadding() {
        Image spot = new Image(3, 3, new byte[27]);
        spot.rgb()[12] = 77; // red of the middle pixel
        Transform crop = Crops.padAndCrop(3, 1);
        boolean[] seen = new boolean[9];
        for (int i = 0; i < 200; i++) {
            Image moved = crop.apply(spot, Seeds.random(0, i));
            for (int p = 0; p < 9; p++) {
                seen[p] |= moved.rgb()[3 * p] == 77;
            }
        }
        assertThat(seen).containsOnly(true);
        assertThatThrownBy(() -> Crops.padAndCrop(9, 1).apply(spot, new SplittableRandom(0)))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("too small to crop 9");
    }

    @Test
    void mirroringTwiceIsNothing() {
        assertThat(Crops.mirror(picture)).isNotEqualTo(picture);
        assertThat(Crops.mirror(Crops.mirror(picture))).isEqualTo(picture);
    }

    @Test
    void randomResizedCropHasTheSizeAndDependsOnTheGeneratorAlone() {
        Augment augment = Augment.normalizedBy(Normalization.IMAGENET)
                .randomResizedCrop(20, new Range(0.08, 1), Interpolation.RANDOM)
                .flip(0.5)
                .colorJitter(0.4, 0.4, 0.4)
                .randAugment("rand-m9-mstd0.5-inc1", Interpolation.RANDOM)
                .build();
        Image first = augment.apply(picture, Seeds.random(4, 1));
        assertThat(first.toString()).isEqualTo("Image[20 x 20]");
        assertThat(augment.apply(picture, Seeds.random(4, 1))).isEqualTo(first);
        assertThat(augment.apply(picture, Seeds.random(4, 2))).isNotEqualTo(first);
    }

    @Test
    void aVeryLongImageFallsBackToItsCenter() {
        Transform crop = Crops.randomResized(4, new Range(1, 1), new Range(0.75, 4.0 / 3), Interpolation.BILINEAR);
        assertThat(crop.apply(Pictures.plain(400, 2, 5, 6, 7), new SplittableRandom(0)))
                .isEqualTo(Pictures.plain(4, 4, 5, 6, 7));
    }

    @Test
    void erasingReplacesARectangleByNormalNoise() {
        int erased = 0;
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < 300; i++) {
            float[] pixels = new float[3 * 32 * 32];
            new RandomErasing(1).apply(pixels, 0, 32, 32, Seeds.random(0, i));
            for (float p : pixels) {
                erased += p != 0 ? 1 : 0;
                sum += p;
                squares += p * p;
            }
        }
        assertThat(erased / (300.0 * 3 * 32 * 32))
                .isBetween(0.1, 0.22); // mean of 0.02 ... 0.33, less what does not fit
        assertThat(sum / erased).isCloseTo(0, within(0.02));
        assertThat(squares / erased).isCloseTo(1, within(0.03));
    }

    @Test
    void erasingStaysWithinItsImage() {
        float[] pixels = new float[3 * 3 * 16 * 16];
        for (int i = 0; i < 50; i++) {
            new RandomErasing(1).apply(pixels, 3 * 16 * 16, 16, 16, Seeds.random(0, i));
        }
        for (int i = 0; i < 3 * 16 * 16; i++) {
            assertThat(pixels[i]).isZero();
            assertThat(pixels[2 * 3 * 16 * 16 + i]).isZero();
        }
    }

    @Test
    void impossibleSettingsAreRefused() {
        Augment.Steps steps = Augment.normalizedBy(Normalization.HALF);
        assertThatThrownBy(() -> steps.resizeAndCenterCrop(224, 1.5, Interpolation.BICUBIC))
                .hasMessageContaining("crop-pct must be above 0 and at most 1, got 1.5");
        assertThatThrownBy(() -> steps.randomResizedCrop(224, new Range(0, 1), Interpolation.BICUBIC))
                .hasMessageContaining("scale must be within 0 to 1");
        assertThatThrownBy(() -> new Normalization(List.of(0.5), List.of(0.5, 0.5, 0.5)))
                .hasMessageContaining("three values each");
        assertThatThrownBy(() -> Interpolation.of("lanczos")).hasMessageContaining("unknown interpolation 'lanczos'");
    }
}
