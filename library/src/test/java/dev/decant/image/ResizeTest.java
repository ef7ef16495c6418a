package dev.decant.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.decant.spec.Interpolation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** References are Pillow's, written by reference/pil_images.py. */
class ResizeTest {

    @ParameterizedTest
    @CsvSource({"64,64", "16,16", "37,11", "90,29", "5,3", "1,1", "31,50"})
    void equalsPillowUpAndDown(int width, int height) {
        Image source = Pictures.resource("resize/source_37x29.png");
        for (Interpolation how : new Interpolation[] {Interpolation.BILINEAR, Interpolation.BICUBIC}) {
            String name = how.name().toLowerCase(java.util.Locale.ROOT) + "_" + width + "x" + height;
            Pictures.assertWithin(
                    Resize.to(source, width, height, how), Pictures.resource("resize/" + name + ".png"), 0, name);
        }
    }

    @Test
    void aCropIsScaledWithoutItsSurroundings() {
        Image source = Pictures.resource("resize/source_37x29.png");
        Pictures.assertWithin(
                Resize.crop(source, 5, 4, 20, 17, 32, 32, Interpolation.BICUBIC),
                Pictures.resource("resize/bicubic_crop_5_4_20_17_to_32x32.png"),
                0,
                "crop");
    }

    @Test
    void halvingAveragesWithTriangleWeights() {
        byte[] row = {0, 0, 0, 80, 80, 80, 80, 80, 80, 0, 0, 0};
        Image half = Resize.to(new Image(4, 1, row), 2, 1, Interpolation.BILINEAR);
        // weights of the first output: 3/7, 3/7, 1/7
        assertThat(half.value(0, 0, 0)).isEqualTo(Math.round((3 * 0 + 3 * 80 + 1 * 80) / 7f));
        assertThat(half.value(1, 0, 0)).isEqualTo(half.value(0, 0, 0));
    }

    @Test
    void theSameSizeChangesNothing() {
        Image source = Pictures.resource("resize/source_37x29.png");
        assertThat(Resize.to(source, 37, 29, Interpolation.BICUBIC)).isEqualTo(source);
    }
}
