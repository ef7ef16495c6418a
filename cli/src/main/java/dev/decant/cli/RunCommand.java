package dev.decant.cli;

import dev.decant.recipe.Recipe;
import dev.decant.recipe.RecipeReader;
import dev.decant.report.Summary;
import dev.decant.run.Runner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code decant run}. */
@Command(name = "run", description = "Runs a recipe and leaves a run folder with the model and a report.")
final class RunCommand implements Callable<Integer> {

    @Parameters(paramLabel = "RECIPE", description = "The recipe, a YAML file.")
    private Path recipe = Path.of("recipe.yaml");

    @Option(names = "--set", paramLabel = "a.b=c", description = "Replaces a value of the recipe; may be repeated.")
    private List<String> sets = new ArrayList<>();

    @Option(names = "--out", paramLabel = "DIR", description = "The run folder; runs/NAME unless set.")
    private @Nullable Path out;

    @Option(names = "--resume", description = "Goes on with the run in the folder.")
    private boolean resume;

    @Option(names = "--seed", description = "One seed instead of the recipe's.")
    private @Nullable Long seed;

    @Option(names = "--device", description = "cpu or cuda:N instead of the recipe's.")
    private @Nullable String device;

    @Option(names = "--precision", description = "fp32, bf16 or auto instead of the recipe's.")
    private @Nullable String precision;

    @Option(names = "--json", description = "Prints the summary as one JSON document.")
    private boolean json;

    @Override
    public Integer call() {
        List<String> all = new ArrayList<>(sets);
        if (seed != null) {
            all.add("seeds=[" + seed + "]");
        }
        if (device != null) {
            all.add("device=" + device);
        }
        if (precision != null) {
            all.add("precision=" + precision);
        }
        Recipe parsed = RecipeReader.read(recipe, all);
        Path folder = out != null ? out : Path.of("runs", parsed.name());
        try (ConsoleProgress progress = new ConsoleProgress()) {
            Summary summary = Runner.run(parsed, text(), folder, resume, progress);
            progress.close();
            System.out.print(json ? summary.toJson() : ResultTable.format(summary));
            if (!json) {
                System.out.println("\nreport: " + folder.resolve("report.html"));
            }
            return summary.allMet() ? 0 : Main.REQUIRE_MISSED;
        }
    }

    private String text() {
        try {
            return Files.readString(recipe);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + recipe + ": " + e.getMessage(), e);
        }
    }
}
