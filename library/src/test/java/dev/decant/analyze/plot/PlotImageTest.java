package dev.decant.analyze.plot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
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
    void anAxisOfSmallValuesIsMarkedAsSparselyAsAnother() throws Exception {
        double[] x = IntStream.range(0, 400).asDoubleStream().toArray();
        double[] y = IntStream.range(0, 400)
                .mapToDouble(i -> 5e-4 * Math.exp(-Math.pow((i - 200) / 42.0, 2)))
                .toArray();
        Path png = folder.resolve("plot.png");
        PlotImage.write(png, new Plot("small", "x", "y", List.of(new Plot.Line("a", x, y))));
        BufferedImage image = ImageIO.read(png.toFile());
        long gridLines = IntStream.range(0, image.getHeight())
                .filter(row -> IntStream.range(image.getWidth() / 2, image.getWidth() / 2 + 16)
                        .anyMatch(column -> (image.getRGB(column, row) & 0xffffff) == 0xe3e7ea))
                .count();
        assertThat(gridLines).isBetween(5L, 15L);
    }

    @Test
    void aLineNeedsAsManyXAsY() {
        assertThatThrownBy(() -> new Plot.Line("loss", new double[] {1}, new double[] {}))
                .hasMessage("line 'loss': 1 values of x and 0 of y");
    }
}
