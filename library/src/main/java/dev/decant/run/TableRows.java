package dev.decant.run;

import dev.decant.bench.LatencyRow;
import dev.decant.build.QuantizeBuilder;
import dev.decant.recipe.Recipe;
import dev.decant.recipe.StageSpec;
import dev.decant.report.Scores;
import dev.decant.report.TableRow;
import dev.decant.train.RunKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The rows of the table of models, one for each network that a stage left. A row's label says what its stage added to the student of the
 * row before ({@code + distilled}, {@code + pruned}, {@code + 2-bit}); the control of a stage is {@code alone}.
 *
 * @param scores by stage and run
 * @param costs by stage and run, as {@code distill/student}, and of the student that ships
 */
record TableRows(Map<String, Map<String, Scores>> scores, Map<String, LatencyRow> costs) {

    public static final String STUDENT = "student";

    /** A teacher's label; its name alone would not say that it is one. */
    public static String teacher(String name) {
        return name.equals("teacher") ? name : "teacher " + name;
    }

    public List<TableRow> of(Recipe recipe) {
        List<TableRow> rows = new ArrayList<>();
        for (int i = 0; i < recipe.stages().size(); i++) {
            rows.addAll(rows(recipe.stages().get(i), RunResults.stageName(recipe, i)));
        }
        return rows;
    }

    private List<TableRow> rows(StageSpec spec, String stage) {
        Map<String, Scores> runs = scores.getOrDefault(stage, Map.of());
        Scores student = runs.getOrDefault(STUDENT, Scores.NONE);
        Scores control = runs.getOrDefault(RunKey.CONTROL, Scores.NONE);
        String added = added(spec);
        List<TableRow> rows = new ArrayList<>();
        if (!control.isEmpty()) {
            String label = added.isEmpty() ? "student alone" : "alone" + added;
            rows.add(TableRow.of(
                    TableRow.Role.CONTROL, control, Scores.NONE, named(cost(stage + "/" + RunKey.CONTROL), label)));
        }
        LatencyRow own = cost(stage + "/" + STUDENT);
        if (spec instanceof StageSpec.Distill) {
            String label = added.isEmpty() ? "+ distilled" : added.strip();
            rows.add(TableRow.of(role(spec, TableRow.Role.DISTILLED), student, control, named(own, label)));
        } else if (spec instanceof StageSpec.Finetune || !added.isEmpty()) {
            String label = added.isEmpty() ? STUDENT : added.strip();
            rows.add(TableRow.of(role(spec, TableRow.Role.OTHER), student, Scores.NONE, named(own, label)));
        }
        return rows;
    }

    private static String added(StageSpec spec) {
        return (RunInputs.prunes(spec) ? " + pruned" : "")
                + RunInputs.quantization(spec)
                        .map(q -> " + " + QuantizeBuilder.label(q.weights()))
                        .orElse("");
    }

    private static TableRow.Role role(StageSpec spec, TableRow.Role otherwise) {
        if (RunInputs.quantization(spec).isPresent()) {
            return TableRow.Role.QUANTIZED;
        }
        return RunInputs.prunes(spec) ? TableRow.Role.PRUNED : otherwise;
    }

    /** Of a stage's own network, where it differs from the one that ships. */
    private LatencyRow cost(String name) {
        return Optional.ofNullable(costs.get(name)).orElseGet(() -> RunResults.cost(costs, STUDENT));
    }

    public static LatencyRow named(LatencyRow row, String name) {
        return new LatencyRow(name, row.parameters(), row.bytes(), row.multiplyAdds(), row.latencyMs());
    }
}
