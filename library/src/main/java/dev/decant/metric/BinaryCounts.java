package dev.decant.metric;

import dev.decant.ModelException;

/** How often a yes-or-no answer was right and wrong. Class 1 is yes. */
record BinaryCounts(long truePositives, long falsePositives, long falseNegatives, long trueNegatives) {

    /**
     * @param predicted classes, 0 or 1
     * @param labels classes, 0 or 1, as many
     */
    public static BinaryCounts of(double[] predicted, double[] labels) {
        long[] counts = new long[4];
        for (int i = 0; i < labels.length; i++) {
            requireBinary(labels[i]);
            requireBinary(predicted[i]);
            counts[(predicted[i] == 1 ? 2 : 0) + (labels[i] == 1 ? 1 : 0)]++;
        }
        return new BinaryCounts(counts[3], counts[2], counts[1], counts[0]);
    }

    private static void requireBinary(double value) {
        if (value != 0 && value != 1) {
            throw new ModelException("F1 and Matthews correlation are for classes 0 and 1, found " + value);
        }
    }

    /** Harmonic mean of precision and recall, 2 TP / (2 TP + FP + FN); 0 if there is no yes at all. */
    public double f1() {
        double all = 2.0 * truePositives + falsePositives + falseNegatives;
        return all == 0 ? 0 : 2.0 * truePositives / all;
    }

    /** (TP TN - FP FN) over the root of the product of the four sums, in [-1, 1]; 0 if one of these sums is 0. */
    public double matthews() {
        double product = (double) (truePositives + falsePositives)
                * (truePositives + falseNegatives)
                * (trueNegatives + falsePositives)
                * (trueNegatives + falseNegatives);
        double over = (double) truePositives * trueNegatives - (double) falsePositives * falseNegatives;
        return product == 0 ? 0 : over / Math.sqrt(product);
    }
}
