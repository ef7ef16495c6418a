package dev.decant.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.decant.InputException;
import dev.decant.stage.RunListener;
import dev.decant.train.DivergedException;
import dev.decant.train.RunKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SweepTest {

    /** A student alone, one epoch of two steps. */
    private static final String RECIPE =
            """
            data: {type: shapes, size: 16, train: 64, test: 32, labels: color, workers: 1}
            student: {model: resnet20_cifar, config: {img_size: 16, blocks: 1, channels: [4, 8, 8]}}
            stages:
              - finetune: {epochs: 1, batch-size: 32, optimizer: {type: sgd}}
            precision: fp32
            """;

    @TempDir
    Path folder;

    private static final class Trained implements RunListener {

        private final List<RunKey> keys = new ArrayList<>();

        @Override
        public void started(RunKey key, long done, long total) {
            keys.add(key);
        }
    }

    @BeforeEach
    void writes() throws IOException {
        Files.writeString(folder.resolve("recipe.yaml"), RECIPE);
        sweep("[0.01, 0.02]");
    }

    private void sweep(String rates) throws IOException {
        Files.writeString(
                folder.resolve("sweep.yaml"),
                "recipe: recipe.yaml\nseeds: [4]\ngrid: {stages.finetune.optimizer.lr: " + rates + "}\n");
    }

    private Trained sweep(boolean tableOnly) {
        Trained trained = new Trained();
        Sweep.run(folder.resolve("sweep.yaml"), Optional.of(folder.resolve("out")), List.of(), tableOnly, trained);
        return trained;
    }

    @Test
    void continuesWhereItStopped() throws IOException {
        assertThat(sweep(true).keys).isEmpty();
        assertThat(sweep(false).keys).hasSize(2);
        Path table = folder.resolve("out/table.md");
        String first = Files.readString(table);
        assertThat(first.lines()).hasSize(4).anyMatch(l -> l.startsWith("| lr=0.01 | finetune |"));
        assertThat(sweep(false).keys).isEmpty();

        Path one = folder.resolve("out/lr=0.02");
        Files.delete(one.resolve("summary.json"));
        Files.delete(one.resolve("checkpoints/finetune/student/seed-4/result.json"));
        assertThat(sweep(false).keys).containsExactly(new RunKey("finetune", "student", 4));
        assertThat(Files.readString(table).replaceAll("[0-9.]+ \\|\\n", ""))
                .isEqualTo(first.replaceAll("[0-9.]+ \\|\\n", "")); // apart from the minutes
    }

    @Test
    void doesNotMixRunsOfDifferentRecipes() throws IOException {
        sweep(false);
        Files.writeString(folder.resolve("recipe.yaml"), RECIPE.replace("epochs: 1", "epochs: 2"));
        assertThatThrownBy(() -> sweep(false))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("lr=0.01: holds a run of another recipe");
    }

    @Test
    void goesOnPastARunThatDiverges() throws IOException {
        sweep("[1e30, 0.01]");
        assertThatThrownBy(() -> sweep(false))
                .isInstanceOf(DivergedException.class)
                .hasMessageStartingWith("1 of 2 runs of the sweep diverged (lr=1.0E30); the others are in ");
        assertThat(Files.readString(folder.resolve("out/table.md"))).contains("| lr=0.01 |", "1 of 2 runs are done.");
    }
}
