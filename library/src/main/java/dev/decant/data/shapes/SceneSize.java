package dev.decant.data.shapes;

import dev.decant.image.Range;
import java.util.Locale;

/** The sizes that objects of a {@link Scene} are named by; their radii leave gaps so that the words are never in doubt. */
enum SceneSize {
    SMALL(0.09, 0.13),
    MEDIUM(0.17, 0.22),
    LARGE(0.27, 0.36);

    private final double low;
    private final double high;

    SceneSize(double low, double high) {
        this.low = low;
        this.high = high;
    }

    /** Radius as a share of the image's side. */
    Range radius() {
        return new Range(low, high);
    }

    /** The word for it in labels and sentences. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
