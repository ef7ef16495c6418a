package dev.decant.data.shapes;

import java.util.Locale;

/** What an object of a {@link Scene} is: a region of the unit disk, u to the right and v down. */
enum SceneShape {
    CIRCLE {
        @Override
        boolean contains(double u, double v) {
            return u * u + v * v <= 0.85;
        }
    },
    SQUARE {
        @Override
        boolean contains(double u, double v) {
            return Math.abs(u) <= 0.75 && Math.abs(v) <= 0.75;
        }
    },
    TRIANGLE {
        @Override
        boolean contains(double u, double v) {
            return v <= 0.6 && Math.abs(u) * 1.75 <= v + 1;
        }
    },
    /** A pentagram: the points on the inner side of at least four of its five lines. */
    STAR {
        @Override
        boolean contains(double u, double v) {
            int outside = v > 0.309 ? 1 : 0;
            outside += 0.95106 * u + 0.30902 * v > 0.309 ? 1 : 0;
            outside += -0.95106 * u + 0.30902 * v > 0.309 ? 1 : 0;
            outside += 0.58779 * u - 0.80902 * v > 0.309 ? 1 : 0;
            outside += -0.58779 * u - 0.80902 * v > 0.309 ? 1 : 0;
            return outside <= 1;
        }
    },
    CROSS {
        @Override
        boolean contains(double u, double v) {
            double x = Math.abs(u);
            double y = Math.abs(v);
            return (x <= 0.28 && y <= 0.94) || (y <= 0.28 && x <= 0.94);
        }
    },
    RING {
        @Override
        boolean contains(double u, double v) {
            double square = u * u + v * v;
            return square <= 0.9 && square >= 0.3;
        }
    },
    HEART {
        @Override
        boolean contains(double u, double v) {
            double x = 1.25 * u;
            double y = 0.15 - 1.25 * v;
            double disk = x * x + y * y - 1;
            return disk * disk * disk <= x * x * y * y * y;
        }
    },
    CRESCENT {
        @Override
        boolean contains(double u, double v) {
            return u * u + v * v <= 0.9 && (u - 0.45) * (u - 0.45) + v * v >= 0.55;
        }
    },
    ARROW {
        @Override
        boolean contains(double u, double v) {
            double y = Math.abs(v);
            return (u >= -0.95 && u <= 0.1 && y <= 0.2) || (u >= 0.1 && u <= 0.95 && y <= 0.75 * (0.95 - u) / 0.85);
        }
    },
    SEMICIRCLE {
        @Override
        boolean contains(double u, double v) {
            return v >= -0.4 && u * u + (v + 0.4) * (v + 0.4) <= 0.8;
        }
    };

    /** Whether a point of the unit disk belongs to the shape, upright and in its own coordinates. */
    abstract boolean contains(double u, double v);

    /** The word for it in labels and sentences. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
