package dev.decant.train;

import java.util.Map;

/** Hears of a training as it goes; called on the training thread, in order. */
public interface TrainListener {

    /** Before the first step: {@code done} steps of {@code total} lie in a checkpoint already. */
    default void started(RunKey key, long done, long total) {}

    /** After every optimizer step, with the weighted loss. */
    default void stepped(RunKey key, long step, double loss) {}

    /** A line for the metrics, every few steps and after every evaluation. */
    default void logged(LogEntry entry) {}

    /** Metrics beyond this step belong to work that will be done again. */
    default void rewound(RunKey key, long step) {}

    /** After the last step. */
    default void ended(RunKey key, Map<String, Double> metrics) {}
}
