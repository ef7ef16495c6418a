package dev.decant.image;

import java.util.random.RandomGenerator;

/** One step on an 8-bit image. Draws all its chance from the generator it is given; never changes its argument. */
@FunctionalInterface
public interface Transform {

    Image apply(Image image, RandomGenerator random);
}
