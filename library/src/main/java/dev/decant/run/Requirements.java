package dev.decant.run;

import dev.decant.recipe.Bound;
import dev.decant.recipe.RequireSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a recipe may require is computed from here.
 *
 * @param stages in the order they ran
 * @param model what the run ends with
 * @param teacher all teachers together
 * @param cost of the student
 * @param teacherCost of the first teacher; the student's own in a recipe without one
 */
record Requirements(
        List<StageResult> stages, ModelResult model, ModelResult teacher, LatencyRow cost, LatencyRow teacherCost) {

    private static final String ACCURACY = "accuracy";

    List<RequireResult> check(RequireSpec require) {
        List<RequireResult> found = new ArrayList<>();
        for (Map.Entry<String, Bound> e : require.bounds().entrySet()) {
            double value = value(e.getKey());
            Bound bound = e.getValue();
            found.add(new RequireResult(e.getKey(), bound.toString(), value, bound.holds(value)));
        }
        return found;
    }

    private double value(String key) {
        return switch (key) {
            case "accuracy" -> accuracy(model.metrics());
            case "accuracy-drop" -> accuracy(teacher.metrics()) - accuracy(model.metrics());
            case "control-gain" ->
                stages.stream()
                        .filter(s -> !s.gain().isEmpty())
                        .reduce((a, b) -> b)
                        .map(s -> accuracy(s.gain()))
                        .orElse(Double.NaN);
            case "size-ratio" -> (double) model.bytes() / teacherCost.bytes();
            case "parameter-ratio" -> (double) model.parameters() / teacherCost.parameters();
            case "latency-ratio" -> median(cost) / median(teacherCost);
            default -> throw new AssertionError(key);
        };
    }

    private static double accuracy(Map<String, Double> metrics) {
        return metrics.getOrDefault(ACCURACY, Double.NaN);
    }

    private static double median(LatencyRow row) {
        return Optional.ofNullable(row.latencyMs().get(1)).map(Latency::p50).orElse(Double.NaN);
    }
}
