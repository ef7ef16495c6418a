package dev.decant.data.shapes;

import dev.decant.spec.ShapesDefaults;
import dev.decant.spec.ShapesLabels;

/**
 * Which Shapes world.
 *
 * @param imageSize side of the square images in pixels, 8 at least
 * @param trainSize images of the training split; any number costs no memory
 * @param testSize images of the test and of the validation split
 * @param seed another seed, another world
 * @param difficulty 0 to 1; at 0.5 small networks are clearly below 100 % and clearly above chance
 * @param labels what the classes are
 */
public record ShapesOptions(
        int imageSize, int trainSize, int testSize, long seed, double difficulty, ShapesLabels labels) {

    /** 32 pixels, 10,000 and 2,000 images, seed 0, difficulty 0.5, classes by shape. */
    public static final ShapesOptions DEFAULT = new ShapesOptions(
            ShapesDefaults.SIZE,
            ShapesDefaults.TRAIN,
            ShapesDefaults.TEST,
            ShapesDefaults.SEED,
            ShapesDefaults.DIFFICULTY,
            ShapesLabels.SHAPE);

    public ShapesOptions {
        if (imageSize < 8 || trainSize < 1 || testSize < 1) {
            throw new IllegalArgumentException("shapes: image size must be at least 8 and the splits at least 1, got "
                    + imageSize + ", " + trainSize + " and " + testSize);
        }
        if (!(difficulty >= 0 && difficulty <= 1)) {
            throw new IllegalArgumentException("shapes: difficulty must be from 0 to 1, got " + difficulty);
        }
    }
}
