package dev.decant.analyze.plot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HeatMapImageTest {

    @TempDir
    private Path folder;

    @BeforeAll
    static void withoutAScreen() {
        System.setProperty("java.awt.headless", "true");
    }

    @Test
    void drawsZeroLightAndOneDarkFromTheBottomUp() throws Exception {
        Path png = folder.resolve("cka.png");
        // Two rows of one cell: 0 below, more than 1 above; equal labels are no hindrance.
        HeatMapImage.write(png, "a < b", List.of("x"), List.of("same", "same"), new double[][] {{0}, {7}});
        BufferedImage image = ImageIO.read(png.toFile());
        int x = image.getWidth() / 3;
        assertThat(image.getRGB(x, image.getHeight() / 3)).isEqualTo(0xff0b3a5b);
        assertThat(image.getRGB(x, image.getHeight() * 2 / 3)).isEqualTo(0xfff4f6f8);
    }

    @Test
    void aMatrixOfAnotherSizeThanItsLabelsIsRefused() {
        assertThatThrownBy(() -> HeatMapImage.write(
                        folder.resolve("f.png"), "CKA", List.of("a", "b"), List.of("c"), new double[][] {{1}}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("heat map 'CKA': values must be 1 rows of 2 numbers, at least one of each");
    }
}
