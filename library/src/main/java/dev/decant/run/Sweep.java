package dev.decant.run;

import dev.decant.file.AtomicFile;
import dev.decant.file.FileException;
import dev.decant.recipe.Problem;
import dev.decant.recipe.Recipe;
import dev.decant.recipe.RecipeException;
import dev.decant.recipe.RecipeReader;
import dev.decant.recipe.SweepSpec;
import dev.decant.report.StageResult;
import dev.decant.report.Summary;
import dev.decant.stage.RunListener;
import dev.decant.train.DivergedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Many runs of one recipe: finished ones are kept, a stopped one goes on, and the table is written after each. */
public final class Sweep {

    private static final String TABLE = "table.md";

    private Sweep() {}

    /**
     * Runs what is not done yet.
     *
     * @param overrides {@code path=value} for every run, before the run's own
     * @param tableOnly runs nothing
     * @throws DivergedException after all runs, if some did not come to an end
     * @return the table as Markdown, also kept as {@code table.md} in the sweep's folder
     */
    public static String run(
            Path file, Optional<Path> out, List<String> overrides, boolean tableOnly, RunListener listener) {
        SweepSpec sweep = RecipeReader.readSweep(file);
        Path folder = out.orElseGet(() -> Path.of(sweep.out().orElse("runs/" + sweep.name())));
        Map<String, Recipe> recipes = recipes(file, sweep, overrides); // every mistake before the first run
        String text = read(recipeFile(file, sweep));
        Map<String, Summary> done = new LinkedHashMap<>();
        Map<String, String> diverged = new LinkedHashMap<>();
        recipes.forEach((name, recipe) -> {
            Path run = folder.resolve(name);
            if (tableOnly) {
                Summary.read(run).ifPresent(s -> done.put(name, s));
                return;
            }
            listener.says("== " + name);
            try {
                done.put(name, Runner.run(recipe, text, run, true, listener));
            } catch (DivergedException e) { // the others may still come to a result
                diverged.put(name, String.valueOf(e.getMessage()));
                listener.says(String.valueOf(e.getMessage()));
            }
            write(folder, table(sweep, recipes.size(), done));
        });
        if (!diverged.isEmpty()) {
            throw new DivergedException(diverged.size() + " of " + recipes.size() + " runs of the sweep diverged ("
                    + String.join(", ", diverged.keySet()) + "); the others are in " + folder.resolve(TABLE));
        }
        return table(sweep, recipes.size(), done);
    }

    /**
     * What each run would do.
     *
     * @param overrides {@code path=value} for every run, before the run's own
     * @throws RecipeException with the mistakes of all runs, each once
     */
    public static Map<String, Recipe> recipes(Path file, List<String> overrides) {
        return recipes(file, RecipeReader.readSweep(file), overrides);
    }

    private static Map<String, Recipe> recipes(Path file, SweepSpec sweep, List<String> overrides) {
        Map<String, Recipe> recipes = new LinkedHashMap<>();
        Set<Problem> problems = new LinkedHashSet<>();
        for (SweepSpec.Case c : sweep.cases()) {
            List<String> sets = new ArrayList<>(overrides);
            sets.addAll(c.sets());
            if (!sweep.seeds().isEmpty()) {
                sets.add("seeds=" + sweep.seeds());
            }
            try {
                recipes.put(c.name(), RecipeReader.read(recipeFile(file, sweep), sets));
            } catch (RecipeException e) {
                problems.addAll(e.problems());
            }
        }
        if (!problems.isEmpty()) {
            throw new RecipeException(List.copyOf(problems));
        }
        return recipes;
    }

    private static Path recipeFile(Path file, SweepSpec sweep) {
        Path base = Optional.ofNullable(file.toAbsolutePath().getParent()).orElse(Path.of("."));
        return base.resolve(sweep.recipe()).normalize();
    }

    private static String table(SweepSpec sweep, int planned, Map<String, Summary> done) {
        StringBuilder t = new StringBuilder("| run | stage |");
        StringBuilder rule = new StringBuilder("|---|---|");
        List<String> columns = columns(sweep, done);
        for (String column : columns) {
            t.append(' ').append(column).append(" | control | gain |");
            rule.append("---:|---:|---:|");
        }
        t.append(" seeds | teacher | minutes |\n").append(rule).append("---:|---:|---:|\n");
        done.forEach((name, summary) -> summary.stages().stream()
                .filter(s -> !s.metrics().isEmpty())
                .forEach(s -> t.append(row(name, s, summary, columns))));
        if (done.size() < planned) {
            t.append("\n").append(done.size()).append(" of ").append(planned).append(" runs are done.\n");
        }
        return t.toString();
    }

    private static List<String> columns(SweepSpec sweep, Map<String, Summary> done) {
        return sweep.columns().isEmpty()
                ? List.of(
                        done.values().stream().map(Summary::metric).findFirst().orElse("score"))
                : sweep.columns();
    }

    private static String row(String name, StageResult stage, Summary summary, List<String> columns) {
        StringBuilder row = new StringBuilder("| " + name + " | " + stage.name() + " |");
        for (String column : columns) {
            row.append(' ')
                    .append(figure("%.2f", stage.metrics(), stage.spread().metrics(), column))
                    .append(" |");
            row.append(' ')
                    .append(figure("%.2f", stage.control(), stage.spread().control(), column))
                    .append(" |");
            row.append(' ')
                    .append(figure("%+.2f", stage.gain(), stage.spread().gain(), column))
                    .append(" |");
        }
        int seeds = Math.max(1, stage.seeds().metrics().size());
        Double teacher = summary.teacher().metrics().get(columns.get(0));
        return row.append(' ')
                .append(seeds)
                .append(" | ")
                .append(teacher == null ? "" : String.format(Locale.ROOT, "%.2f", teacher))
                .append(String.format(Locale.ROOT, " | %.1f |%n", stage.seconds() / 60))
                .toString();
    }

    private static String figure(String form, Map<String, Double> values, Map<String, Double> spreads, String name) {
        Double value = values.get(name);
        if (value == null) {
            return "";
        }
        Double spread = spreads.get(name);
        return String.format(Locale.ROOT, form, value)
                + (spread == null ? "" : String.format(Locale.ROOT, " ± %.2f", spread));
    }

    private static void write(Path folder, String table) {
        try {
            Files.createDirectories(folder);
            AtomicFile.write(folder.resolve(TABLE), table.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make " + folder + ": " + FileException.reason(e), e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file + ": " + FileException.reason(e), e);
        }
    }
}
