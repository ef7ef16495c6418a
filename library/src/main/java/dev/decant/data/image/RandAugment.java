package dev.decant.data.image;

import dev.decant.DataException;
import dev.decant.image.Fill;
import dev.decant.image.Image;
import dev.decant.image.Transform;
import dev.decant.spec.Interpolation;
import java.util.random.RandomGenerator;

/**
 * RandAugment (Cubuk et al. 2019, arXiv:1909.13719) as timm has it: draws operations with replacement and applies
 * each with probability 1/2 at a magnitude with Gaussian spread.
 *
 * <p>Configured by timm's string: {@code rand-m9-mstd0.5-inc1} has magnitude 9 of 10, standard deviation 0.5 and
 * the increasing operations; {@code n} is the number of operations (2), {@code p} their probability (0.5),
 * {@code mmax} the greatest magnitude (10); {@code mstd} above 100 draws the magnitude evenly from 0 to m.
 *
 * @param operations how many operations are drawn per image
 * @param fill what is moved in from outside the picture
 */
record RandAugment(
        double magnitude,
        double deviation,
        double maximum,
        boolean increasing,
        int operations,
        double probability,
        Fill fill,
        Interpolation interpolation)
        implements Transform {

    private static final String EXPECTED = "; expected something like rand-m9-mstd0.5-inc1";

    /** Reads timm's configuration string. */
    public static RandAugment parse(String config, Fill fill, Interpolation interpolation) {
        double magnitude = 10;
        double deviation = 0;
        double maximum = 10;
        boolean increasing = false;
        int operations = 2;
        double probability = 0.5;
        String[] sections = config.split("-", -1);
        if (!sections[0].equals("rand")) {
            throw new DataException("'" + config + "' does not begin with 'rand'" + EXPECTED);
        }
        for (int i = 1; i < sections.length; i++) {
            String key = sections[i].replaceAll("[0-9.].*", "");
            double value = number(sections[i].substring(key.length()), sections[i], config);
            switch (key) {
                case "m" -> magnitude = value;
                case "mstd" -> deviation = value;
                case "mmax" -> maximum = value;
                case "inc" -> increasing = value != 0;
                case "n" -> operations = (int) value;
                case "p" -> probability = value;
                default ->
                    throw new DataException("'" + config + "': unknown section '" + sections[i] + "'" + EXPECTED);
            }
        }
        return new RandAugment(magnitude, deviation, maximum, increasing, operations, probability, fill, interpolation);
    }

    private static double number(String digits, String section, String config) {
        try {
            return Double.parseDouble(digits);
        } catch (NumberFormatException e) {
            throw new DataException("'" + config + "': section '" + section + "' has no number" + EXPECTED, e);
        }
    }

    @Override
    public Image apply(Image image, RandomGenerator random) {
        AugmentOp[] all = AugmentOp.values();
        AugmentOp[] chosen = new AugmentOp[operations];
        for (int i = 0; i < operations; i++) {
            chosen[i] = all[random.nextInt(all.length)];
        }
        Image result = image;
        for (AugmentOp op : chosen) {
            if (random.nextDouble() < probability) {
                double fraction = level(random) / 10;
                result = op.apply(result, new AugmentOp.Draw(fraction, increasing, fill, interpolation, random));
            }
        }
        return result;
    }

    private double level(RandomGenerator random) {
        double level = magnitude;
        if (deviation > 100) {
            level = magnitude * random.nextDouble();
        } else if (deviation > 0) {
            level = random.nextGaussian(magnitude, deviation);
        }
        return Math.max(0, Math.min(maximum, level));
    }
}
