package dev.decant.recipe;

/** A switch that decides for itself unless told. */
public enum Toggle {
    AUTO,
    ON,
    OFF
}
