package dev.decant.recipe;

/** A part of a data set. */
public enum Split {
    TRAIN,
    VALIDATION,
    TEST
}
