package dev.decant.metric;

import java.util.Arrays;

/**
 * A density made of Gaussians of one width: Σ w_i N(x; c_i, σ²), weights summing to 1.
 *
 * @param centers c
 * @param weights w
 * @param deviation σ, above 0
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Density(double[] centers, double[] weights, double deviation) {

    public Density {
        double sum = Arrays.stream(weights).sum();
        if (centers.length == 0 || centers.length != weights.length || !(sum > 0) || !(deviation > 0)) {
            throw new IllegalArgumentException(
                    "a density needs as many weights as centers, at least one, and a deviation"
                            + " above 0; found " + centers.length + " centers, " + weights.length
                            + " weights, deviation "
                            + deviation);
        }
        centers = centers.clone();
        weights = Arrays.stream(weights).map(w -> w / sum).toArray();
    }

    /** The kernel density estimate of samples, with Scott's width s · n^(-1/5), s the standard deviation. */
    public static Density ofSamples(double... samples) {
        Spread spread = Spread.of(samples);
        double s = samples.length > 1 && spread.deviation() > 0
                ? spread.deviation()
                : Math.max(1e-6, Math.abs(samples[0]));
        double[] equal = new double[samples.length];
        Arrays.fill(equal, 1);
        return new Density(samples, equal, s * Math.pow(samples.length, -0.2));
    }

    public double at(double x) {
        double sum = 0;
        for (int i = 0; i < centers.length; i++) {
            double z = (x - centers[i]) / deviation;
            sum += weights[i] * Math.exp(-z * z / 2);
        }
        return sum / (deviation * Math.sqrt(2 * Math.PI));
    }
}
