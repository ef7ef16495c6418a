package dev.decant.cli;

import dev.decant.InputException;
import dev.decant.UserException;
import dev.decant.recipe.Recipe;
import dev.decant.recipe.RecipeReader;
import dev.decant.recipe.RecipeText;
import dev.decant.run.Runner;
import dev.decant.run.Sweep;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code decant recipe check|explain}. */
@Command(name = "recipe", description = "Checks or explains a recipe without running it.")
final class RecipeCommand {

    @Command(
            name = "check",
            description =
                    "Reports every mistake in the file at once, of a recipe or of every run of a sweep; then opens its"
                            + " data, builds its models and says what run would refuse. Trains and writes nothing.")
    int check(
            @Parameters(paramLabel = "FILE", description = "The recipe or sweep, a YAML file.") Path file,
            @Option(names = "--set", paramLabel = "a.b=c", description = "Replaces a value; may be repeated.")
                    List<String> sets,
            @Option(names = "--no-models", description = "Looks at the file alone, not at data, models and weights.")
                    boolean noModels) {
        String tried = noModels ? "no mistakes in the file" : "no mistakes";
        if (RecipeReader.isSweep(file)) {
            Map<String, Recipe> runs = Sweep.recipes(file, given(sets));
            runs.forEach((name, recipe) -> check(name + ": ", recipe, noModels));
            System.out.println(file + ": " + runs.size() + " runs, " + tried);
            return 0;
        }
        Recipe recipe = RecipeReader.read(file, given(sets));
        check("", recipe, noModels);
        System.out.println(file + ": " + recipe.stages().size() + " stages, " + tried);
        return 0;
    }

    /** @param where the run of a sweep, or nothing */
    private static void check(String where, Recipe recipe, boolean noModels) {
        if (noModels) {
            return;
        }
        try {
            Runner.check(recipe);
        } catch (UserException e) {
            throw where.isEmpty() ? e : new InputException(where + e.getMessage());
        }
    }

    @Command(name = "explain", description = "Prints the recipe with every default.")
    int explain(
            @Parameters(paramLabel = "RECIPE", description = "The recipe, a YAML file.") Path file,
            @Option(names = "--set", paramLabel = "a.b=c", description = "Replaces a value; may be repeated.")
                    List<String> sets) {
        System.out.print(RecipeText.explain(RecipeReader.read(file, given(sets))));
        return 0;
    }

    private static List<String> given(List<String> sets) {
        return sets == null ? new ArrayList<>() : sets;
    }
}
