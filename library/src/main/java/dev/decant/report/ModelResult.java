package dev.decant.report;

import java.util.Map;

/**
 * A model as it lies on the disk. With several teachers, one of these stands for all: names joined by {@code " + "},
 * sizes added.
 *
 * @param folder where it lies: relative to the run folder for what the run made, else as the recipe names it
 * @param parameters number of parameters
 * @param bytes size of its files
 * @param metrics its scores, mean over seeds
 */
public record ModelResult(String folder, long parameters, long bytes, Map<String, Double> metrics) {

    /** No such model, as in a recipe without a teacher. */
    public static final ModelResult NONE = new ModelResult("", 0, 0, Map.of());

    public ModelResult {
        metrics = Copies.of(metrics);
    }
}
