package dev.decant.report;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;

/** A chart of the report, as data; the page draws it. The same JSON is what {@code figures/*.json} may hold. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Chart.Lines.class, name = "lines"),
    @JsonSubTypes.Type(value = Chart.Scatter.class, name = "scatter"),
    @JsonSubTypes.Type(value = Chart.HeatMap.class, name = "heatmap")
})
public sealed interface Chart {

    String title();

    /** What a reader who cannot see the chart is told. */
    String alt();

    /** Curves over a common axis. */
    record Lines(String title, String x, String y, List<Line> lines) implements Chart {

        public Lines {
            lines = Copies.of(lines);
        }

        @Override
        public String alt() {
            return "Line chart, " + title + " over " + x + ": "
                    + lines.stream().map(Line::alt).collect(Collectors.joining("; "));
        }
    }

    /**
     * One curve.
     *
     * @param role {@code student}, {@code control}, {@code teacher} or {@code other}: how it is drawn
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Line(String name, String role, double[] x, double[] y) {

        String alt() {
            return y.length == 0 ? name + " is empty" : name + " ends at " + Numbers.plain(y[y.length - 1]);
        }
    }

    /** Models by size and score. */
    record Scatter(String title, String x, String y, List<Dot> dots) implements Chart {

        public Scatter {
            dots = Copies.of(dots);
        }

        @Override
        public String alt() {
            return "Scatter chart, " + title + ": "
                    + dots.stream()
                            .map(dot ->
                                    dot.name() + " at " + Numbers.bytes((long) dot.x()) + ", " + Numbers.plain(dot.y()))
                            .collect(Collectors.joining("; "));
        }
    }

    /** One model; {@code spread} is 0 where there is none. */
    record Dot(String name, String role, double x, double y, double spread) {}

    /** A matrix, {@code values[i][j]} at {@code y[i]} and {@code x[j]}. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record HeatMap(String title, List<String> x, List<String> y, double[][] values) implements Chart {

        public HeatMap {
            x = Copies.of(x);
            y = Copies.of(y);
            int width = x.size();
            if (values == null
                    || values.length != y.size()
                    || Arrays.stream(values).anyMatch(r -> r.length != width)) {
                throw new IllegalArgumentException("heat map '" + title + "': values must be " + y.size()
                        + " rows (y) of " + width + " numbers (x)");
            }
        }

        @Override
        public String alt() {
            DoubleStream all =
                    Arrays.stream(values).flatMapToDouble(Arrays::stream).filter(v -> !Double.isNaN(v));
            var range = all.summaryStatistics();
            return "Heat map, " + title + ": " + y.size() + " rows by " + x.size() + " columns, values from "
                    + Numbers.plain(range.getMin()) + " to " + Numbers.plain(range.getMax());
        }
    }
}
