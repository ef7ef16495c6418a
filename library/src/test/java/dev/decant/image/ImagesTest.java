package dev.decant.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.decant.DataException;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImagesTest {

    /** Expected pictures are Pillow's convert("RGB"); JPEG decoders may differ by a rounding of the transform. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "gray.jpg",
                "gray.png",
                "cmyk.jpg",
                "palette.png",
                "alpha.png",
                "gray_alpha.png",
                "bits.png",
                "progressive.jpg",
                "subsampled.jpg"
            })
    void decodesAsPillowDoes(String file) {
        Image expected = Pictures.resource("decode/" + file + ".expected.png");
        Pictures.assertWithin(Pictures.resource("decode/" + file), expected, file.endsWith(".jpg") ? 4 : 0, file);
    }

    @Test
    void grayIsTheStoredSampleNotItsGammaConversion() {
        BufferedImage gray = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_GRAY);
        gray.getRaster().setSample(0, 0, 0, 100);
        gray.getRaster().setSample(1, 0, 0, 37);
        Image image = Images.decode(Pictures.encode(gray, "png"), "gray.png");
        assertThat(image.rgb()).containsExactly(100, 100, 100, 37, 37, 37);
    }

    @Test
    void sixteenBitsKeepTheHighByte() {
        BufferedImage deep = new BufferedImage(1, 1, BufferedImage.TYPE_USHORT_GRAY);
        deep.getRaster().setSample(0, 0, 0, 0x1234);
        assertThat(Images.decode(Pictures.encode(deep, "png"), "deep.png").rgb())
                .containsExactly(0x12, 0x12, 0x12);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gray.jpg", "subsampled.jpg", "progressive.jpg", "cmyk.jpg", "alpha.png", "gray.png"})
    void truncatedFilesAreErrorsThatNameTheFile(String file) {
        byte[] whole = Pictures.resourceBytes("decode/" + file);
        for (int length : new int[] {whole.length / 3, whole.length * 2 / 3, whole.length - 20}) {
            assertThatThrownBy(() -> Images.decode(Arrays.copyOf(whole, length), "some/" + file))
                    .as(file + " cut to " + length + " of " + whole.length)
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining("some/" + file);
        }
    }

    @Test
    void textIsNoImage() {
        assertThatThrownBy(() -> Images.decode("hello".getBytes(java.nio.charset.StandardCharsets.UTF_8), "a.jpg"))
                .isInstanceOf(DataException.class)
                .hasMessage("a.jpg: not an image; expected JPEG, PNG, GIF or BMP, found 5 bytes of something else");
    }

    @Test
    void aHeaderThatClaimsTooMuchIsRefused() {
        byte[] png = Pictures.png(1, 2, 3);
        png[17] = 0x01; // width 65,540
        png[21] = 0x01; // height 65,540
        assertThatThrownBy(() -> Images.decode(png, "bomb.png"))
                .isInstanceOf(DataException.class)
                .hasMessage("bomb.png: claims 4295491600 pixels, more than the 178956970 allowed");
    }
}
