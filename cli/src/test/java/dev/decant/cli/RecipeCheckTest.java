package dev.decant.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code recipe check} says at once what {@code run} would refuse at once. */
class RecipeCheckTest {

    private static final String RECIPE =
            """
            data: {type: shapes, labels: color, train: 128, test: 32}
            teacher: {model: resnet20_cifar, config: {img_size: 32}, train: {epochs: 1}}
            student: {model: resnet20_cifar, config: {img_size: 32}}
            stages:
              - distill: {epochs: 1, terms: [{type: kd}]}
            """;

    @TempDir
    Path folder;

    private String file = "";

    @BeforeEach
    void writes() throws IOException {
        file = Files.writeString(folder.resolve("recipe.yaml"), RECIPE).toString();
    }

    @Test
    void aGoodRecipeHasNoMistakes() {
        CommandLineRun run = CommandLineRun.of("recipe", "check", file);
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).isEqualTo(file + ": 1 stages, no mistakes" + System.lineSeparator());
        assertThat(run.code()).isZero();
    }

    @Test
    void teacherAndStudentOfDifferentImageSizes() {
        CommandLineRun.of("recipe", "check", file, "--set", "teacher.config.img_size=224")
                .isRefused(2, "teacher 'teacher' wants images of 224 px, the student of 32 px");
    }

    @Test
    void weightsThatAreNotThere() {
        CommandLineRun.of("recipe", "check", file, "--set", "teacher.weights=nonesuch.safetensors")
                .isRefused(2, "teacher.weights 'nonesuch.safetensors': no such file");
    }

    @Test
    void modelsMayBeLeftOut() {
        CommandLineRun run = CommandLineRun.of(
                "recipe", "check", file, "--no-models", "--set", "teacher.weights=nonesuch.safetensors");
        assertThat(run.code()).isZero();
        assertThat(run.out()).contains("no mistakes in the file");
    }

    @Test
    void everyRunOfASweepIsTried() throws IOException {
        Path sweep = folder.resolve("sweep.yaml");
        Files.writeString(
                sweep,
                """
                recipe: recipe.yaml
                runs: [{name: fine}, {name: wide, set: {teacher.config.img_size: 64}}]
                """);
        CommandLineRun.of("recipe", "check", sweep.toString()).isRefused(2, "wide: teacher 'teacher' wants images");
    }
}
