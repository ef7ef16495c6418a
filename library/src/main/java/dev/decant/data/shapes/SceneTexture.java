package dev.decant.data.shapes;

import java.util.Locale;

/** How an object of a {@link Scene} is filled: with its color alone or with a pattern of it and a second tone. */
enum SceneTexture {
    SOLID("solid") {
        @Override
        boolean isColored(double u, double v) {
            return true;
        }
    },
    STRIPES("striped") {
        @Override
        boolean isColored(double u, double v) {
            return (band(v, 2.5) & 1) == 0;
        }
    },
    DOTS("dotted") {
        @Override
        boolean isColored(double u, double v) {
            double x = u * 2 - Math.floor(u * 2) - 0.5;
            double y = v * 2 - Math.floor(v * 2) - 0.5;
            return x * x + y * y > 0.1;
        }
    },
    CHECKS("checked") {
        @Override
        boolean isColored(double u, double v) {
            return ((band(u, 2) + band(v, 2)) & 1) == 0;
        }
    };

    private final String word;

    SceneTexture(String word) {
        this.word = word;
    }

    /** Whether a point of the unit disk has the object's color; else it has the second tone. */
    abstract boolean isColored(double u, double v);

    private static int band(double at, double frequency) {
        return (int) Math.floor(at * frequency);
    }

    /** The adjective for it in labels and sentences. */
    public String word() {
        return word.toLowerCase(Locale.ROOT);
    }
}
