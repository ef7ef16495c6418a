package dev.decant.recipe;

/** Arithmetic of training; AUTO takes bf16 where the machine is faster with it. */
public enum Precision {
    AUTO,
    FP32,
    BF16
}
