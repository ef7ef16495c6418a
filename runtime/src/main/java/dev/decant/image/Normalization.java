package dev.decant.image;

import dev.decant.DataException;
import java.util.List;

/**
 * How bytes become the numbers a model was trained on: (value / 255 - mean) / std, channel by channel, in float.
 *
 * @param mean of red, green and blue, in 0 to 1
 * @param std of red, green and blue, above 0
 */
public record Normalization(List<Double> mean, List<Double> std) {

    /** ImageNet's usual statistics, timm's default. */
    public static final Normalization IMAGENET =
            new Normalization(List.of(0.485, 0.456, 0.406), List.of(0.229, 0.224, 0.225));

    /** Everything 0.5, which maps to -1 ... 1: timm's "inception" statistics of many transformers and mixers. */
    public static final Normalization HALF = new Normalization(List.of(0.5, 0.5, 0.5), List.of(0.5, 0.5, 0.5));

    /** Statistics of the CIFAR-10 training set. */
    public static final Normalization CIFAR10 =
            new Normalization(List.of(0.4914, 0.4822, 0.4465), List.of(0.2470, 0.2435, 0.2616));

    /** Statistics of the CIFAR-100 training set. */
    public static final Normalization CIFAR100 =
            new Normalization(List.of(0.5071, 0.4865, 0.4409), List.of(0.2673, 0.2564, 0.2762));

    public Normalization {
        mean = List.copyOf(mean);
        std = List.copyOf(std);
        if (mean.size() != 3 || std.size() != 3) {
            throw new DataException("mean " + mean + " and std " + std + " must have three values each");
        }
        if (std.stream().anyMatch(s -> !(s > 0))) {
            throw new DataException("std " + std + " must be above 0");
        }
    }

    /** The mean as a color, which fills what augmentation moves in from outside. */
    public Fill fill() {
        return new Fill(byteOf(mean.get(0)), byteOf(mean.get(1)), byteOf(mean.get(2)));
    }

    private static int byteOf(double value) {
        return (int) Math.max(0, Math.min(255, Math.rint(255 * value)));
    }

    /** The number for each byte: entry 256 · channel + byte. */
    public float[] table() {
        float[] table = new float[3 * 256];
        for (int c = 0; c < 3; c++) {
            for (int v = 0; v < 256; v++) {
                table[256 * c + v] =
                        (v / 255f - mean.get(c).floatValue()) / std.get(c).floatValue();
            }
        }
        return table;
    }
}
