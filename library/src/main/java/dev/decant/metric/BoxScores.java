package dev.decant.metric;

import dev.decant.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How well boxes are found: {@code accuracy}, the part of them with IoU of at least 0.5, and {@code iou}, its mean, in
 * percent. Boxes are (centre x, centre y, width, height) in any unit, as the ratio has none. Not thread-safe.
 */
public final class BoxScores implements Scorer {

    private static final double ENOUGH = 0.5;

    private long boxes;
    private long found;
    private double sum;

    /** Takes a batch in, (N, 4) each. */
    @Override
    public void add(Tensor outputs, Tensor labels) {
        if (outputs.rank() != 2 || outputs.size(1) != 4 || labels.elements() != outputs.elements()) {
            throw new IllegalArgumentException("boxes are (N, 4), found outputs "
                    + List.of(outputs.rank(), outputs.elements()) + " and " + labels.elements() + " numbers of labels");
        }
        double[] a = outputs.doubles();
        double[] b = labels.doubles();
        for (int i = 0; i < a.length; i += 4) {
            double iou = iou(a, b, i);
            boxes++;
            found += iou >= ENOUGH ? 1 : 0;
            sum += iou;
        }
    }

    private static double iou(double[] a, double[] b, int at) {
        double shared = overlap(a, b, at) * overlap(a, b, at + 1);
        double both = a[at + 2] * a[at + 3] + b[at + 2] * b[at + 3] - shared;
        return both > 0 ? shared / both : 0; // also where a number is NaN
    }

    /** Shared length along one axis. */
    private static double overlap(double[] a, double[] b, int at) {
        double from = Math.max(a[at] - a[at + 2] / 2, b[at] - b[at + 2] / 2);
        double to = Math.min(a[at] + a[at + 2] / 2, b[at] + b[at + 2] / 2);
        return Math.max(0, to - from);
    }

    @Override
    public Map<String, Double> scores() {
        Map<String, Double> scores = new LinkedHashMap<>();
        scores.put("accuracy", 100.0 * found / boxes);
        scores.put("iou", 100 * sum / boxes);
        return scores;
    }
}
