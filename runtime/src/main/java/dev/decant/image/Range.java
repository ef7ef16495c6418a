package dev.decant.image;

import java.util.random.RandomGenerator;

/** An interval of numbers, low at most high. */
public record Range(double low, double high) {

    public Range {
        if (!(low <= high)) {
            throw new IllegalArgumentException("range from " + low + " to " + high + " ends before it begins");
        }
    }

    /** A number of the interval, each as likely as any other. */
    public double draw(RandomGenerator random) {
        return low + (high - low) * random.nextDouble();
    }
}
