package dev.decant.recipe;

/** Resize kernels; RANDOM draws bilinear or bicubic for each image. */
public enum Interpolation {
    BILINEAR,
    BICUBIC,
    RANDOM
}
