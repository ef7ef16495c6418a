package dev.decant.run;

import dev.decant.bench.Latency;
import dev.decant.bench.LatencyRow;
import dev.decant.recipe.Bound;
import dev.decant.recipe.RequireSpec;
import dev.decant.report.ModelResult;
import dev.decant.report.RequireResult;
import dev.decant.report.StageResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a recipe may require is computed from here.
 *
 * @param metric name of the score that decides
 * @param stages in the order they ran
 * @param model what the run ends with
 * @param teacher all teachers together
 * @param cost of the student
 * @param teacherCost of the first teacher; the student's own in a recipe without one
 */
record Requirements(
        String metric,
        List<StageResult> stages,
        ModelResult model,
        ModelResult teacher,
        LatencyRow cost,
        LatencyRow teacherCost) {

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
            case "accuracy" -> score(model.metrics(), "accuracy");
            case "accuracy-drop" -> score(teacher.metrics(), "accuracy") - score(model.metrics(), "accuracy");
            case "score" -> score(model.metrics(), metric);
            case "score-drop" -> score(teacher.metrics(), metric) - score(model.metrics(), metric);
            case "control-gain" ->
                stages.stream()
                        .filter(s -> !s.gain().isEmpty())
                        .reduce((a, b) -> b)
                        .map(s -> score(s.gain(), metric))
                        .orElse(Double.NaN);
            case "size-ratio" -> (double) model.bytes() / teacherCost.bytes();
            case "parameter-ratio" -> (double) model.parameters() / teacherCost.parameters();
            case "latency-ratio" -> median(cost) / median(teacherCost);
            default -> throw new AssertionError(key);
        };
    }

    private static double score(Map<String, Double> metrics, String name) {
        return metrics.getOrDefault(name, Double.NaN);
    }

    private static double median(LatencyRow row) {
        return Optional.ofNullable(row.latencyMs().get(1)).map(Latency::p50).orElse(Double.NaN);
    }
}
