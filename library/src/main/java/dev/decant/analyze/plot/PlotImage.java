package dev.decant.analyze.plot;

import dev.decant.file.AtomicFile;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws curves as a PNG. */
public final class PlotImage {

    private static final Color[] COLORS = {
        new Color(0x2b6a94),
        new Color(0xc8553d),
        new Color(0x588157),
        new Color(0x8a5a83),
        new Color(0xb08a2e),
        new Color(0x5c677d)
    };

    /** Below it, the library marks an axis at every value there is. */
    private static final double SMALL = 1e-3;

    private PlotImage() {}

    /** Writes the image, whole or not at all, into a folder that is there. Values that are not finite are left out. */
    public static void write(Path png, Plot given) {
        Plot plot = readable(given);
        XYChart chart = new XYChartBuilder()
                .title(plot.title())
                .xAxisTitle(plot.x())
                .yAxisTitle(plot.y())
                .width(720)
                .height(420)
                .build();
        style(chart.getStyler());
        for (int i = 0; i < plot.lines().size(); i++) {
            add(chart, plot.lines().get(i), i);
        }
        AtomicFile.write(png, Picture.png(chart));
    }

    /** Small values in units of a power of ten, which the axis then names. */
    private static Plot readable(Plot plot) {
        double largest = plot.lines().stream()
                .flatMapToDouble(line -> DoubleStream.of(line.y()))
                .filter(Double::isFinite)
                .map(Math::abs)
                .max()
                .orElse(0);
        if (largest >= SMALL || largest == 0) {
            return plot;
        }
        int power = (int) Math.floor(Math.log10(largest));
        double unit = Math.pow(10, power);
        List<Plot.Line> lines = plot.lines().stream()
                .map(line -> new Plot.Line(
                        line.name(),
                        line.x(),
                        DoubleStream.of(line.y()).map(y -> y / unit).toArray()))
                .toList();
        return new Plot(plot.title(), plot.x(), plot.y() + " / 1e" + power, lines);
    }

    private static void add(XYChart chart, Plot.Line line, int number) {
        int[] finite = IntStream.range(0, line.y().length)
                .filter(i -> Double.isFinite(line.x()[i]) && Double.isFinite(line.y()[i]))
                .toArray();
        if (finite.length == 0) {
            return;
        }
        var series = chart.addSeries(
                (number + 1) + " " + line.name(), // names of series are keys, and two curves may have one name
                IntStream.of(finite).mapToDouble(i -> line.x()[i]).toArray(),
                IntStream.of(finite).mapToDouble(i -> line.y()[i]).toArray());
        series.setLabel(line.name());
        boolean repeats = number >= COLORS.length;
        series.setLineColor(COLORS[number % COLORS.length]);
        series.setMarkerColor(COLORS[number % COLORS.length]);
        series.setLineStyle(
                repeats
                        ? new BasicStroke(1.6f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 10, new float[] {5, 4}, 0)
                        : new BasicStroke(1.8f));
        series.setMarker(finite.length <= 30 ? SeriesMarkers.CIRCLE : SeriesMarkers.NONE);
    }

    private static void style(XYStyler styler) {
        Font plain = new Font(Font.SANS_SERIF, Font.PLAIN, 12);
        styler.setLegendPosition(Styler.LegendPosition.OutsideE);
        styler.setLegendBorderColor(Color.WHITE);
        styler.setLegendFont(plain);
        styler.setMarkerSize(5);
        styler.setAxisTickLabelsFont(plain);
        styler.setAxisTitleFont(plain);
        styler.setChartTitleFont(new Font(Font.SANS_SERIF, Font.BOLD, 15));
        styler.setChartTitleBoxVisible(false);
        styler.setChartTitlePadding(12);
        styler.setChartBackgroundColor(Color.WHITE);
        styler.setPlotBackgroundColor(Color.WHITE);
        styler.setPlotBorderVisible(false);
        styler.setPlotGridVerticalLinesVisible(false);
        styler.setPlotGridLinesColor(new Color(0xe3e7ea));
        styler.setAntiAlias(true);
    }
}
