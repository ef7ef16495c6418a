package dev.decant.metric;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/** How far two lists of numbers go together. */
final class Correlation {

    private Correlation() {}

    /** Covariance over the product of the deviations, in [-1, 1]; 0 if one list is constant or not all numbers are finite. */
    public static double pearson(double[] x, double[] y) {
        if (x.length != y.length) {
            throw new IllegalArgumentException(
                    "correlation needs lists of one length, found " + x.length + " and " + y.length);
        }
        double meanX = Arrays.stream(x).average().orElse(0);
        double meanY = Arrays.stream(y).average().orElse(0);
        double xy = 0;
        double xx = 0;
        double yy = 0;
        for (int i = 0; i < x.length; i++) {
            xy += (x[i] - meanX) * (y[i] - meanY);
            xx += (x[i] - meanX) * (x[i] - meanX);
            yy += (y[i] - meanY) * (y[i] - meanY);
        }
        double scale = Math.sqrt(xx) * Math.sqrt(yy);
        return scale > 0 && Double.isFinite(xy / scale) ? xy / scale : 0;
    }

    /** {@link #pearson} of the ranks, where equal numbers share the mean of their ranks. */
    public static double spearman(double[] x, double[] y) {
        boolean finite =
                Arrays.stream(x).allMatch(Double::isFinite) && Arrays.stream(y).allMatch(Double::isFinite);
        return finite ? pearson(ranks(x), ranks(y)) : 0;
    }

    /** Ranks from 1; equal numbers share the mean of their ranks. */
    static double[] ranks(double[] values) {
        int[] order = IntStream.range(0, values.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> values[i]))
                .mapToInt(Integer::intValue)
                .toArray();
        double[] ranks = new double[values.length];
        int from = 0;
        while (from < order.length) {
            int to = from;
            while (to < order.length && values[order[to]] == values[order[from]]) {
                to++;
            }
            for (int i = from; i < to; i++) {
                ranks[order[i]] = (from + 1 + to) / 2.0;
            }
            from = to;
        }
        return ranks;
    }
}
