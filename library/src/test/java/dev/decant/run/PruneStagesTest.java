package dev.decant.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.decant.InputException;
import dev.decant.ModelException;
import dev.decant.build.ModelBuilder;
import dev.decant.model.Network;
import dev.decant.nn.Trace;
import dev.decant.quantize.Packed;
import dev.decant.recipe.Recipe;
import dev.decant.recipe.RecipeException;
import dev.decant.recipe.RecipeReader;
import dev.decant.report.StageResult;
import dev.decant.report.Summary;
import dev.decant.report.TableRow;
import dev.decant.stage.RunListener;
import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Rng;
import dev.decant.tensor.Scope;
import dev.decant.train.RunKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PruneStagesTest {

    private static final String HEAD =
            """
            name: pruned
            data: {type: shapes, size: 16, train: 64, test: 32, difficulty: 0, labels: color, augment: [flip], workers: 1}
            student:
              model: vit_small_patch16_224
              config: {img_size: 16, patch_size: 4, embed_dim: 16, depth: 2, num_heads: 2}
            precision: fp32
            stages:
            """;
    private static final String LEARNED =
            """
              - finetune:
                  epochs: 20
                  batch-size: 16
                  log-every: 1
                  optimizer: {type: adamw, lr: 1e-3}
                  prune: {target: {sparsity: 0.5}, lr: 0.2, multiplier-lr: 0.2, warmup-epochs: 2, learn-epochs: 18, round-to: 8}
            """;

    @TempDir
    private Path folder;

    @Test
    @Tag("slow")
    void aLearnedStudentShipsSmallAndRebuildsFromItsConfig() throws IOException {
        Summary summary = run("a", LEARNED + "  - export: {}\n");

        StageResult stage = summary.stages().get(0);
        assertThat(stage.metrics().get("sparsity"))
                .isEqualTo(50, within(12.0)); // whole heads of two, neurons in eights
        Network shipped = ModelBuilder.fromFolder(folder.resolve("a/model"), Map.of());
        assertThat(shipped.config().args()).containsKey(Network.PRUNED);
        assertThat(shipped.gates()).isNotEmpty().allSatisfy((path, slot) -> {
            assertThat(slot.isFilled()).isFalse();
            assertThat(path.endsWith("neurons") && slot.units() % 8 != 0)
                    .as(path)
                    .isFalse();
        });
        assertThat(shipped.parameterCount())
                .isEqualTo(summary.model().parameters())
                .isLessThan(full().parameterCount());
        assertThat(summary.exports().get(0).parity()).isLessThan(1e-5);
        assertThat(summary.table()).anySatisfy(row -> {
            assertThat(row.role()).isEqualTo(TableRow.Role.PRUNED);
            assertThat(row.parameters()).isEqualTo(shipped.parameterCount());
        });
        assertThat(Files.readString(folder.resolve("a/metrics.jsonl")))
                .contains("\"prune.sparsity.expected\"", "\"prune.sparsity.target\"", "\"prune\"");
    }

    @Test
    @Tag("slow")
    void aStoppedRunGoesOnToTheSameBits() throws IOException {
        run("whole", LEARNED);
        RunListener crash = new RunListener() {
            @Override
            public void stepped(RunKey key, long step, double loss) {
                if (step == 14) {
                    throw new IllegalStateException("crash");
                }
            }
        };
        assertThatThrownBy(() -> run("stopped", false, crash, LEARNED)).hasMessage("crash");
        run("stopped", true, RunListener.SILENT, LEARNED);

        assertThat(folder.resolve("stopped/model/model.safetensors"))
                .hasSameBinaryContentAs(folder.resolve("whole/model/model.safetensors"));
        assertThat(folder.resolve("stopped/model/config.json"))
                .hasSameBinaryContentAs(folder.resolve("whole/model/config.json"));
    }

    @Test
    void aPrunedStudentIsQuantizedAndLoadedAgain() {
        run(
                "q",
                """
                  - prune: {sparsity: 0.4, spread: global, round-to: 8}
                  - finetune: {epochs: 1, batch-size: 16, quantize: {weights: twn, activations: off}}
                """);
        Network shipped = ModelBuilder.fromFolder(folder.resolve("q/model"), Map.of());
        assertThat(shipped.parameterCount()).isLessThan(full().parameterCount());
        assertThat(folder.resolve("q/model/config.json")).content().contains(Packed.KEY, Network.PRUNED);
        try (Scope scope = Scope.open();
                NoGrad quiet = NoGrad.open()) {
            assertThat(shipped.forward(shipped.sample(2), Trace.none()).isFinite())
                    .isTrue();
        }
    }

    @Test
    void aTimeIsATargetToo() {
        // neurons are nearly all of its time, so that a busy machine cannot hide them
        Summary summary = run(
                "t",
                """
                  - finetune:
                      epochs: 2
                      max-steps: 4
                      batch-size: 16
                      prune: {target: {latency-ratio: 0.9, batch: 4}, lr: 0.5, multiplier-lr: 0.5, warmup-epochs: 1}
                """,
                "student.config.embed_dim=64",
                "student.config.mlp_ratio=64",
                "student.config.depth=1");
        assertThat(folder.resolve("t/analyses/latency-finetune-seed-1.json")).exists();
        assertThat(summary.stages().get(0).metrics()).containsKey("sparsity");
    }

    @Test
    @Tag("slow")
    void theControlIsPrunedInTheSameWay() {
        Summary summary = run(
                "d",
                """
                  - distill:
                      epochs: 4
                      batch-size: 16
                      terms: [{type: cross-entropy}, {type: kd}]
                      prune: {target: {modalities: {model: 0.5}}, lr: 0.5, multiplier-lr: 0.5, warmup-epochs: 1}
                """,
                "teachers=[{model: resnet20_cifar, config: {img_size: 16, blocks: 1, channels: [4, 4, 4]}, train: {epochs: 1, batch-size: 16}}]");
        StageResult stage = summary.stages().get(0);
        assertThat(stage.control().get("sparsity")).isPositive();
        assertThat(stage.metrics().get("sparsity")).isPositive();
        assertThat(summary.table().stream().map(TableRow::name))
                .containsExactly("teacher", "alone + pruned", "+ pruned");
        assertThat(summary.who()).isEqualTo("teacher: resnet20_cifar, student: vit_small_patch16_224");
    }

    @Test
    void whatCannotBeIsSaidBeforeTheFirstStep() {
        assertThatThrownBy(() -> run("x", LEARNED, "stages.finetune.prune.target.sparsity=0.99"))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith("prune.target: sparsity 0.99 cannot be reached: every layer keeps");
        assertThatThrownBy(() -> run("x", "  - prune: {modalities: {text: 0.5}}\n"))
                .hasMessage("prune: vit_small_patch16_224 has no modality 'text'; it has model");
        assertThatThrownBy(() -> run("x", "  - prune: {sparsity: 0.999}\n")).hasMessageContaining("cannot be reached");
        assertThat(folder.resolve("x")).doesNotExist();
    }

    @Test
    void everyMistakeOfARecipeIsSaidAtOnce() {
        assertThatThrownBy(
                        () -> recipe(
                                """
                          - finetune:
                              epochs: 2
                              prune: {target: {sparsity: 0.5, latency-ratio: 0.5}, lr: 0, start: 1}
                          - finetune:
                              epochs: 2
                              prune: {target: {sparsity: 1.5}, warmup-epochs: 2}
                          - prune: {}
                        """))
                .isInstanceOf(RecipeException.class)
                .hasMessageContainingAll(
                        "expected one of sparsity, modalities and latency-ratio, got 2",
                        "sparsity: must be between 0 and 1, got 1.5",
                        "expected either sparsity or modalities, got neither");
        assertThatThrownBy(
                        () -> recipe(
                                """
                          - finetune:
                              epochs: 2
                              prune: {target: {sparsity: 0.5}, warmup-epochs: 2}
                        """))
                .hasMessageContaining("prune.warmup-epochs: must be less than the 2 epochs of the stage");
    }

    @Test
    void aFolderWhoseConfigAndWeightsDisagreeIsRefused() throws IOException {
        run("f", "  - prune: {sparsity: 0.5}\n");
        Path config = folder.resolve("f/model/config.json");
        String text = Files.readString(config);
        Files.writeString(config, text.replaceAll("(\"blocks.0.mlp.neurons\" : )\\d+", "$117"));
        assertThatThrownBy(() -> ModelBuilder.fromFolder(folder.resolve("f/model"), Map.of()))
                .hasMessageContaining("blocks.0.mlp.fc1.weight");
        Files.writeString(config, text.replace("blocks.0.mlp.neurons", "blocks.0.neurons"));
        assertThatThrownBy(() -> ModelBuilder.fromFolder(folder.resolve("f/model"), Map.of()))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("has no gate 'blocks.0.neurons'");
    }

    private static Network full() {
        Rng.seed(1);
        return ModelBuilder.build(recipe(LEARNED).student().spec(), Map.of("num_classes", 8));
    }

    private static Recipe recipe(String stages, String... sets) {
        return RecipeReader.readText("pruned.yaml", HEAD + stages, List.of(sets));
    }

    private Summary run(String out, String stages, String... sets) {
        return run(out, false, RunListener.SILENT, stages, sets);
    }

    private Summary run(String out, boolean resume, RunListener listener, String stages, String... sets) {
        return Runner.run(recipe(stages, sets), HEAD + stages, folder.resolve(out), resume, listener);
    }
}
