package dev.decant.analyze.plot;

import java.util.List;

/**
 * Curves over a common axis.
 *
 * @param x name of the axis
 * @param y name of the axis
 * @param lines at least one
 */
public record Plot(String title, String x, String y, List<Line> lines) {

    public Plot {
        lines = List.copyOf(lines);
        if (lines.isEmpty()) {
            throw new IllegalArgumentException("plot '" + title + "' has no lines");
        }
    }

    /** One curve, as many x as y, at least one. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Line(String name, double[] x, double[] y) {

        public Line {
            if (x.length != y.length || x.length == 0) {
                throw new IllegalArgumentException(
                        "line '" + name + "': " + x.length + " values of x and " + y.length + " of y");
            }
        }
    }
}
