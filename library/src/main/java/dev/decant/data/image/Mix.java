package dev.decant.data.image;

import dev.decant.DataException;
import java.util.random.RandomGenerator;

/**
 * Mixup (Zhang et al. 2017, arXiv:1710.09412) and CutMix (Yun et al. 2019, arXiv:1905.04899) of a batch with itself
 * in reverse order, as timm's {@code Mixup} in mode "batch": x = lam · x + (1 - lam) · flip(x), or a box of the
 * flipped batch with lam = 1 - its area; targets are mixed alike.
 *
 * @param mixupAlpha lam ~ Beta(alpha, alpha) for mixup; 0 switches mixup off
 * @param cutmixAlpha the same for CutMix
 * @param probability of mixing a batch at all
 * @param switchProbability of CutMix where both are on
 * @param smoothing s of the soft labels: s / K off the class, 1 - s + s / K on it; holds for unmixed batches too
 */
public record Mix(
        double mixupAlpha, double cutmixAlpha, double probability, double switchProbability, double smoothing) {

    public Mix {
        if (mixupAlpha < 0 || cutmixAlpha < 0 || mixupAlpha + cutmixAlpha == 0) {
            throw new DataException("mixup alpha " + mixupAlpha + " and cutmix alpha " + cutmixAlpha
                    + ": expected at least one above 0 and none below");
        }
        requireShare("probability", probability);
        requireShare("switch probability", switchProbability);
        requireShare("smoothing", smoothing);
    }

    /** timm's defaults beside the two alphas: every batch is mixed, half of them by CutMix, smoothing 0.1. */
    public static Mix of(double mixupAlpha, double cutmixAlpha) {
        return new Mix(mixupAlpha, cutmixAlpha, 1, 0.5, 0.1);
    }

    private static void requireShare(String name, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new DataException("mix: " + name + " must be from 0 to 1, got " + value);
        }
    }

    /** Mixes the pixels of a batch in place and returns its lam; 1 when the batch was left alone. */
    double mix(float[] pixels, BatchShape shape, RandomGenerator random) {
        if (random.nextDouble() >= probability) {
            return 1;
        }
        boolean cut = mixupAlpha == 0 || (cutmixAlpha > 0 && random.nextDouble() < switchProbability);
        double lam = beta(cut ? cutmixAlpha : mixupAlpha, random);
        if (cut) {
            return cut(pixels, shape, lam, random);
        }
        blend(pixels, shape, (float) lam);
        return lam;
    }

    /** Soft labels, (N, K) row by row: lam of the own class, 1 - lam of the partner's, both smoothed. */
    float[] softLabels(long[] labels, int classes, double lam) {
        int n = labels.length;
        float[] soft = new float[n * classes];
        double off = smoothing / classes;
        java.util.Arrays.fill(soft, (float) off);
        for (int i = 0; i < n; i++) {
            soft[i * classes + (int) labels[i]] += (float) (lam * (1 - smoothing));
            soft[i * classes + (int) labels[n - 1 - i]] += (float) ((1 - lam) * (1 - smoothing));
        }
        return soft;
    }

    private static void blend(float[] pixels, BatchShape shape, float lam) {
        int each = shape.imageLength();
        for (int i = 0, j = shape.images() - 1; i < j; i++, j--) {
            for (int k = 0; k < each; k++) {
                float a = pixels[i * each + k];
                float b = pixels[j * each + k];
                pixels[i * each + k] = a * lam + b * (1 - lam);
                pixels[j * each + k] = b * lam + a * (1 - lam);
            }
        }
    }

    private static double cut(float[] pixels, BatchShape shape, double lam, RandomGenerator random) {
        double ratio = Math.sqrt(1 - lam);
        int cutHeight = (int) (shape.height() * ratio);
        int cutWidth = (int) (shape.width() * ratio);
        int middleY = random.nextInt(shape.height());
        int middleX = random.nextInt(shape.width());
        int top = Math.max(0, middleY - cutHeight / 2);
        int bottom = Math.min(shape.height(), middleY + (cutHeight + 1) / 2);
        int left = Math.max(0, middleX - cutWidth / 2);
        int right = Math.min(shape.width(), middleX + (cutWidth + 1) / 2);
        int each = shape.imageLength();
        for (int i = 0, j = shape.images() - 1; i < j; i++, j--) {
            for (int c = 0; c < 3; c++) {
                for (int y = top; y < bottom; y++) {
                    int row = (c * shape.height() + y) * shape.width();
                    swap(pixels, i * each + row + left, j * each + row + left, right - left);
                }
            }
        }
        return 1 - (double) (bottom - top) * (right - left) / (shape.height() * shape.width());
    }

    private static void swap(float[] pixels, int a, int b, int length) {
        for (int k = 0; k < length; k++) {
            float kept = pixels[a + k];
            pixels[a + k] = pixels[b + k];
            pixels[b + k] = kept;
        }
    }

    /** A draw from Beta(alpha, alpha). */
    static double beta(double alpha, RandomGenerator random) {
        double x = gamma(alpha, random);
        double y = gamma(alpha, random);
        return x + y > 0 ? x / (x + y) : (random.nextBoolean() ? 1 : 0);
    }

    /** Marsaglia and Tsang 2000; below 1 by Gamma(a) = Gamma(a + 1) U^(1/a). */
    private static double gamma(double shape, RandomGenerator random) {
        if (shape < 1) {
            return gamma(shape + 1, random) * Math.pow(random.nextDouble(), 1 / shape);
        }
        double d = shape - 1.0 / 3;
        double c = 1 / Math.sqrt(9 * d);
        while (true) {
            double x = random.nextGaussian();
            double v = Math.pow(1 + c * x, 3);
            if (v > 0 && Math.log(1 - random.nextDouble()) < 0.5 * x * x + d - d * v + d * Math.log(v)) {
                return d * v;
            }
        }
    }
}
