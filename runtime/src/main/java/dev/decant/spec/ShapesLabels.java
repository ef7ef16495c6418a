package dev.decant.spec;

/** What of the main object of a rendered scene is its class. */
public enum ShapesLabels {
    /** Its shape: 10 classes. */
    SHAPE,
    /** Its shape, and whether it is solid or patterned: 20 classes. */
    SHAPE_TEXTURE,
    /** Its color: 8 classes. */
    COLOR
}
