package dev.decant.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecipeReferenceTest {

    private static final Path DOCUMENT = Path.of("../docs/recipes.md");
    private static final String START = "<!-- From here on printed by RecipeText.reference(); a test compares. -->\n\n";

    @Test
    void theDocumentHasEveryKeyAsTheRecordsHaveIt() throws IOException {
        String document = Files.readString(DOCUMENT);
        assertThat(document).contains(START);
        assertThat(document.substring(document.indexOf(START) + START.length()))
                .as("tables of docs/recipes.md; RecipeReferenceTest.main prints them anew")
                .isEqualTo(RecipeText.reference());
    }

    @Test
    void theExampleInTheDocumentIsARecipe() throws IOException {
        String document = Files.readString(DOCUMENT);
        int start = document.indexOf("```yaml\n") + "```yaml\n".length();
        String yaml = document.substring(start, document.indexOf("```", start));
        Recipe recipe = RecipeReader.readText("docs/recipes.md", yaml, List.of());
        assertThat(recipe.stages()).hasSize(3);
    }

    @Test
    void theMistakesInTheDocumentAreThoseReported() throws IOException {
        String document = Files.readString(DOCUMENT);
        int start = document.indexOf("```text\n") + "```text\n".length();
        String shown = document.substring(start, document.indexOf("```", start));
        String yaml = Files.readString(RecipeReaderTest.example("ofa.yaml"))
                .replace("weight-decay", "weight-deacy")
                .replace("epochs: 60", "epochs: sixty")
                .replace("type: ofa", "type: ofaa");
        try {
            RecipeReader.readText("recipe.yaml", yaml, List.of());
        } catch (RecipeException e) {
            assertThat(e.getMessage().strip()).isEqualTo(shown.strip());
            return;
        }
        throw new AssertionError("no mistake was found");
    }

    /** Writes the tables into the document. */
    public static void main(String[] arguments) throws IOException {
        Path file = Path.of(arguments[0]);
        String document = Files.readString(file);
        Files.writeString(file, document.substring(0, document.indexOf(START)) + START + RecipeText.reference());
    }
}
