package dev.decant.analyze.plot;

import dev.decant.file.AtomicFile;
import java.awt.Color;
import java.awt.Font;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.knowm.xchart.HeatMapChart;
import org.knowm.xchart.HeatMapChartBuilder;
import org.knowm.xchart.style.HeatMapStyler;

/** Draws a matrix as a PNG: labelled rows and columns, colors from 0 (light) to 1 (dark), and a bar that says so. */
public final class HeatMapImage {

    private static final Color[] COLORS = {
        new Color(0xf4f6f8), new Color(0xb5d0e0), new Color(0x6fa8c9), new Color(0x2b6a94), new Color(0x0b3a5b)
    };

    private HeatMapImage() {}

    /**
     * Writes the image, whole or not at all, into a folder that is there.
     *
     * @param xLabels names of the columns; equal names are fine
     * @param yLabels names of the rows, drawn from the bottom up
     * @param values {@code values[i][j]} belongs to {@code yLabels.get(i)} and {@code xLabels.get(j)}; numbers outside
     *     [0, 1] take the color of the nearer end, NaN is left blank
     */
    public static void write(Path png, String title, List<String> xLabels, List<String> yLabels, double[][] values) {
        requireMatching(title, xLabels, yLabels, values);
        HeatMapChart chart = new HeatMapChartBuilder()
                .title(title)
                .width(140 + side(xLabels.size()) + 90)
                .height(150 + side(yLabels.size()))
                .build();
        style(chart.getStyler());
        List<Number[]> cells = new ArrayList<>();
        for (int i = 0; i < yLabels.size(); i++) {
            for (int j = 0; j < xLabels.size(); j++) {
                if (!Double.isNaN(values[i][j])) {
                    cells.add(new Number[] {j, i, Math.min(1, Math.max(0, values[i][j]))});
                }
            }
        }
        chart.addSeries(title, distinct(xLabels), distinct(yLabels), cells);
        AtomicFile.write(png, Picture.png(chart));
    }

    private static void requireMatching(String title, List<String> x, List<String> y, double[][] values) {
        boolean fits = values.length == y.size() && !y.isEmpty() && !x.isEmpty();
        for (int i = 0; fits && i < values.length; i++) {
            fits = values[i].length == x.size();
        }
        if (!fits) {
            throw new IllegalArgumentException("heat map '" + title + "': values must be " + y.size() + " rows of "
                    + x.size() + " numbers, at least one of each");
        }
    }

    private static int side(int cells) {
        return Math.max(240, Math.min(900, cells * 40));
    }

    private static void style(HeatMapStyler styler) {
        Font plain = new Font(Font.SANS_SERIF, Font.PLAIN, 12);
        styler.setMin(0).setMax(1).setRangeColors(COLORS).setPiecewise(false).setShowValue(false);
        styler.setPlotContentSize(1);
        styler.setPlotBorderVisible(false);
        styler.setPlotGridLinesVisible(false);
        styler.setAxisTicksLineVisible(false);
        styler.setXAxisTickMarkSpacingHint(18).setYAxisTickMarkSpacingHint(18); // a label per cell while they fit
        styler.setChartTitlePadding(12);
        styler.setXAxisLabelRotation(60);
        styler.setAxisTickLabelsFont(plain);
        styler.setLegendFont(plain);
        styler.setLegendBorderColor(Color.WHITE);
        styler.setChartTitleFont(new Font(Font.SANS_SERIF, Font.BOLD, 15));
        styler.setChartTitleBoxVisible(false);
        styler.setChartBackgroundColor(Color.WHITE);
        styler.setPlotBackgroundColor(Color.WHITE);
        styler.setAntiAlias(true);
    }

    /** The chart finds labels by equality, so that a name that comes twice needs something to tell it apart. */
    private static List<String> distinct(List<String> labels) {
        List<String> result = new ArrayList<>();
        for (String label : labels) {
            String unique = label;
            while (result.contains(unique)) {
                unique += "\u200B"; // a space without width
            }
            result.add(unique);
        }
        return result;
    }
}
