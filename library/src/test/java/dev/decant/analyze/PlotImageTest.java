package dev.decant.analyze;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlotImageTest {

    @TempDir
    private Path folder;

    @BeforeAll
    static void withoutAScreen() {
        System.setProperty("java.awt.headless", "true");
    }

    @Test
    void drawsTheFirstLineInBlue() throws Exception {
        Path png = folder.resolve("plot.png");
        Plot.Line level = new Plot.Line("same", new double[] {0, 1, 2}, new double[] {1, 1, Double.NaN});
        Plot.Line other = new Plot.Line("same", new double[] {0, 1}, new double[] {0, 0});
        Plot.Line gap = new Plot.Line("nothing", new double[] {0}, new double[] {Double.NaN});
        PlotImage.write(png, new Plot("a < b", "x", "y", List.of(level, other, gap)));
        BufferedImage image = ImageIO.read(png.toFile());
        int blue = 0;
        for (int y = 0; y < image.getHeight(); y++) {
            blue += (image.getRGB(image.getWidth() / 3, y) & 0xffffff) == 0x2b6a94 ? 1 : 0;
        }
        assertThat(blue).isBetween(1, 12);
    }

    @Test
    void aLineNeedsAsManyXAsY() {
        assertThatThrownBy(() -> new Plot.Line("loss", new double[] {1}, new double[] {}))
                .hasMessage("line 'loss': 1 values of x and 0 of y");
    }
}
