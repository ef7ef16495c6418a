package dev.decant.spec;

import dev.decant.DataException;
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

    /** Itself, or one of the other two at even odds for {@code RANDOM}. */
    public Interpolation draw(RandomGenerator random) {
        if (this != RANDOM) {
            return this;
        }
        return random.nextBoolean() ? BILINEAR : BICUBIC;
    }
}
