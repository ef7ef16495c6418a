package dev.decant.data;

import java.util.Locale;
import java.util.random.RandomGenerator;

/** How pixels between pixels are found when an image is scaled; {@code RANDOM} draws one of the other two each time. */
public enum Interpolation {
    BILINEAR,
    BICUBIC,
    RANDOM;

    /** Reads timm's name: {@code bilinear}, {@code bicubic} or {@code random}. */
    public static Interpolation of(String name) {
        for (Interpolation choice : values()) {
            if (choice.name().toLowerCase(Locale.ROOT).equals(name)) {
                return choice;
            }
        }
        throw new DataException("unknown interpolation '" + name + "'; expected bilinear, bicubic or random");
    }

    Interpolation draw(RandomGenerator random) {
        if (this != RANDOM) {
            return this;
        }
        return random.nextBoolean() ? BILINEAR : BICUBIC;
    }

    /** Half the width of the kernel, in pixels of the source when enlarging. */
    double support() {
        return this == BILINEAR ? 1 : 2;
    }

    /** The kernel: a triangle, or Keys' cubic with a = -1/2. */
    double weight(double distance) {
        double x = Math.abs(distance);
        if (this == BILINEAR) {
            return x < 1 ? 1 - x : 0;
        }
        if (x < 1) {
            return (1.5 * x - 2.5) * x * x + 1;
        }
        return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
    }
}
