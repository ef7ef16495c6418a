package dev.decant.data.image;

import dev.decant.image.Range;
import java.util.random.RandomGenerator;

/**
 * Overwrites a random rectangle of a normalized image with standard normal noise (Zhong et al. 2017,
 * arXiv:1708.04896; timm's mode "pixel"): 2 to 33 % of the area, aspect 0.3 to 1 / 0.3, up to ten draws.
 */
record RandomErasing(double probability) {

    private static final Range AREA = new Range(0.02, 1.0 / 3);
    private static final Range LOG_ASPECT = new Range(Math.log(0.3), Math.log(1 / 0.3));

    /** Works in place on channels x height x width numbers that begin at an offset. */
    void apply(float[] pixels, int offset, int height, int width, RandomGenerator random) {
        if (random.nextDouble() >= probability) {
            return;
        }
        for (int attempt = 0; attempt < 10; attempt++) {
            double area = AREA.draw(random) * height * width;
            double aspect = Math.exp(LOG_ASPECT.draw(random));
            int h = (int) Math.rint(Math.sqrt(area * aspect));
            int w = (int) Math.rint(Math.sqrt(area / aspect));
            if (h < height && w < width) {
                int top = random.nextInt(height - h + 1);
                int left = random.nextInt(width - w + 1);
                for (int row = 0; row < 3 * h; row++) {
                    int at = offset + (row / h * height + top + row % h) * width + left;
                    for (int x = 0; x < w; x++) {
                        pixels[at + x] = (float) random.nextGaussian();
                    }
                }
                return;
            }
        }
    }
}
