package dev.decant.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.decant.recipe.Recipe;
import dev.decant.recipe.RecipeReader;
import dev.decant.recipe.RecipeText;
import dev.decant.recipe.SweepSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ShippedRecipesTest {

    private static final Path RECIPES = Path.of("..", "recipes");

    static Stream<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(RECIPES)) {
            return all.filter(f -> f.toString().endsWith(".yaml")).sorted().toList().stream();
        }
    }

    @Test
    void thereAreRecipes() throws IOException {
        assertThat(files()).contains(RECIPES.resolve("quickstart.yaml"));
    }

    @ParameterizedTest
    @MethodSource("files")
    void isWithoutMistakesAndBeginsWithAComment(Path file) throws IOException {
        String text = Files.readString(file);
        assertThat(text).startsWith("#");
        if (text.lines().noneMatch(line -> line.startsWith("recipe:"))) {
            Recipe recipe = RecipeReader.read(file, List.of());
            String explained = RecipeText.explain(recipe);
            assertThat(RecipeText.explain(RecipeReader.readText("again", explained, List.of())))
                    .isEqualTo(explained);
            return;
        }
        SweepSpec sweep = RecipeReader.readSweep(file);
        for (SweepSpec.Case c : sweep.cases()) {
            List<String> sets = new ArrayList<>(c.sets());
            assertThat(RecipeReader.read(file.resolveSibling(sweep.recipe()).normalize(), sets)
                            .stages())
                    .isNotEmpty();
        }
    }
}
