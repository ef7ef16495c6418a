package dev.decant.data.image;

import dev.decant.image.Fill;
import dev.decant.image.Image;
import dev.decant.image.Transform;
import dev.decant.spec.Interpolation;
import java.util.random.RandomGenerator;

/**
 * RandAugment of the operations that move nothing, so that boxes stay where they are: none, contrast stretched, histogram
 * flattened, brightness, sharpness (X-VLM, arXiv 2111.08276).
 *
 * @param operations drawn for each image, with replacement
 * @param magnitude from 0 to 10
 */
record ColorOps(int operations, double magnitude) implements Transform {

    private static final AugmentOp[] CHOICES = {
        AugmentOp.AUTO_CONTRAST, AugmentOp.EQUALIZE, AugmentOp.BRIGHTNESS, AugmentOp.SHARPNESS
    };

    @Override
    public Image apply(Image image, RandomGenerator random) {
        AugmentOp.Draw draw =
                new AugmentOp.Draw(magnitude / 10, true, new Fill(0, 0, 0), Interpolation.BILINEAR, random);
        Image result = image;
        for (int i = 0; i < operations; i++) {
            int choice = random.nextInt(CHOICES.length + 1);
            result = choice < CHOICES.length ? CHOICES[choice].apply(result, draw) : result;
        }
        return result;
    }
}
