package dev.decant.stage;

import dev.decant.train.TrainListener;

/** Hears of a run as it goes: its trainings, and a line for what happens between them. */
public interface RunListener extends TrainListener {

    /** Hears nothing. */
    RunListener SILENT = new RunListener() {};

    default void says(String line) {}
}
