package dev.decant.data.image;

import dev.decant.image.Image;
import dev.decant.image.PixelOps;
import dev.decant.image.Range;
import dev.decant.image.Transform;
import java.util.random.RandomGenerator;

/**
 * Changes brightness, contrast and saturation, in random order, each by a factor drawn from max(0, 1 - s) to 1 + s
 * (torchvision's {@code ColorJitter} without hue).
 */
record ColorJitter(double brightness, double contrast, double saturation) implements Transform {

    @Override
    public Image apply(Image image, RandomGenerator random) {
        int[] order = {0, 1, 2};
        for (int i = 2; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int swapped = order[i];
            order[i] = order[j];
            order[j] = swapped;
        }
        Image result = image;
        for (int step : order) {
            result = switch (step) {
                case 0 -> brightness > 0 ? PixelOps.brightness(result, factor(brightness, random)) : result;
                case 1 -> contrast > 0 ? PixelOps.contrast(result, factor(contrast, random)) : result;
                default -> saturation > 0 ? PixelOps.saturation(result, factor(saturation, random)) : result;
            };
        }
        return result;
    }

    private static double factor(double strength, RandomGenerator random) {
        return new Range(Math.max(0, 1 - strength), 1 + strength).draw(random);
    }
}
