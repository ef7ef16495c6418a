package dev.decant.data;

import java.util.random.RandomGenerator;

/** One step on an 8-bit image. Draws all its chance from the generator it is given; never changes its argument. */
@FunctionalInterface
interface Transform {

    Image apply(Image image, RandomGenerator random);
}
