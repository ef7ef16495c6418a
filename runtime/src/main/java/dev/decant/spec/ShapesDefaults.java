package dev.decant.spec;

/** The world of shapes unless told otherwise, in Java and in recipes. */
public final class ShapesDefaults {

    public static final int SIZE = 32;
    public static final int TRAIN = 10_000;
    public static final int TEST = 2_000;
    public static final double DIFFICULTY = 0.5;
    public static final long SEED = 0;

    private ShapesDefaults() {}
}
