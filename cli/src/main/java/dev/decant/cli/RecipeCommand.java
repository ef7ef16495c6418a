package dev.decant.cli;

import dev.decant.recipe.Recipe;
import dev.decant.recipe.RecipeReader;
import dev.decant.recipe.RecipeText;
import dev.decant.run.Sweep;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code decant recipe check|explain}. */
@Command(name = "recipe", description = "Checks or explains a recipe without running it.")
final class RecipeCommand {

    @Command(name = "check", description = "Reports every mistake at once, of a recipe or of every run of a sweep.")
    int check(
            @Parameters(paramLabel = "FILE") Path file,
            @Option(names = "--set", paramLabel = "a.b=c") List<String> sets) {
        if (RecipeReader.isSweep(file)) {
            System.out.println(file + ": " + Sweep.recipes(file, given(sets)).size() + " runs, no mistakes");
            return 0;
        }
        Recipe recipe = RecipeReader.read(file, given(sets));
        System.out.println(file + ": " + recipe.stages().size() + " stages, no mistakes");
        return 0;
    }

    @Command(name = "explain", description = "Prints the recipe with every default.")
    int explain(
            @Parameters(paramLabel = "RECIPE") Path file,
            @Option(names = "--set", paramLabel = "a.b=c") List<String> sets) {
        System.out.print(RecipeText.explain(RecipeReader.read(file, given(sets))));
        return 0;
    }

    private static List<String> given(List<String> sets) {
        return sets == null ? new ArrayList<>() : sets;
    }
}
