package dev.decant.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.decant.InputException;
import dev.decant.build.PruneBuilder;
import dev.decant.model.Network;
import dev.decant.prune.Extraction;
import dev.decant.recipe.RecipeException;
import dev.decant.recipe.RecipeReader;
import dev.decant.recipe.StageSpec;
import dev.decant.recipe.StudySpec;
import dev.decant.run.ImageTextTermsTest;
import dev.decant.run.Runner;
import dev.decant.stage.RunListener;
import dev.decant.tensor.Scope;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The study of modalities in a run and on the command line. */
class ImportanceStageTest {

    private static final String DATA =
            "{type: shapes-image-text, task: nlvr, size: 16, train: 12, test: 6, workers: 1}";
    private static final String YAML =
            """
            name: worth
            data: %s
            student:
              model: xvlm-small
              config: {image_res: 16, patch_size: 8, vision_width: 16, vision_layers: 2, vision_heads: 2, local_depth: 1,
                text_layers: 1, cross_layers: 1, hidden_size: 16, heads: 2, intermediate_size: 32, embed_dim: 8}
            stages:
              - finetune: {epochs: 1, batch-size: 6, optimizer: adamw}
              - analyze: {kind: importance, importance: {sparsities: [0, 0.4]}}
            precision: fp32
            """
                    .formatted(DATA);

    @TempDir
    private Path folder;

    @BeforeAll
    static void withoutAScreen() {
        System.setProperty("java.awt.headless", "true");
    }

    private Path run(String... sets) {
        Path out = folder.resolve("run");
        Runner.run(RecipeReader.readText("r.yaml", YAML, List.of(sets)), YAML, out, false, RunListener.SILENT);
        return out;
    }

    private static JsonNode json(Path file) throws Exception {
        return new ObjectMapper().readTree(file.toFile());
    }

    @Test
    void aRunAndACommandFindTheSame() throws Exception {
        Path out = run();
        JsonNode found = json(out.resolve("analyses/importance.json"));
        assertThat(found.path("metric").asText()).isEqualTo("accuracy");
        assertThat(found.path("curves").fieldNames()).toIterable().containsExactly("vision", "text", "cross");
        JsonNode pruned = found.path("curves").path("cross").get(1);
        assertThat(pruned.path("gone").asDouble()).isBetween(0.3, 0.5);
        assertThat(pruned.path("scores").has("accuracy")).isTrue();
        assertThat(out.resolve("figures")).isDirectoryContaining("glob:**/importance-size.png");
        assertThat(Files.readString(out.resolve("report.html"))).contains("accuracy when one modality is pruned");

        List<Path> files = ImportanceStage.study(
                out.resolve("model").toString(),
                RecipeReader.readData(DATA),
                new StudySpec.Importance(8, RecipeReader.readImportance("{sparsities: [0, 0.4]}")),
                folder.resolve("new/importance"),
                RunListener.SILENT);
        assertThat(files).hasSize(3).allMatch(Files::isRegularFile);
        assertThat(json(files.get(0)).path("curves").toString())
                .isEqualTo(found.path("curves").toString());
    }

    @Test
    @Tag("slow")
    void copiesMayLearnWhatToDoWithout() throws Exception {
        String learn = "{epochs: 30, batch-size: 6, optimizer: adamw, gate-lr: 0.3, multiplier-lr: 0.3}";
        Path out = run("stages.analyze.importance={sparsities: [0, 0.5], others: 0.2, learn: " + learn + "}");
        JsonNode curves = json(out.resolve("analyses/importance.json")).path("curves");
        assertThat(curves.path("vision").get(1).path("gone").asDouble()).isBetween(0.35, 0.65);
        assertThat(curves.path("vision").get(0).path("gone").asDouble()).isZero();
        assertThat(out.resolve("checkpoints/importance/vision-0.5-text-0.2-cross-0.2/seed-1/result.json"))
                .exists();
    }

    /** A modality without a target keeps all of its heads and neurons. */
    @Test
    void whatHasNoTargetStaysWhole() {
        try (Scope scope = Scope.open()) {
            Network model = ImageTextTermsTest.xvlm("xvlm-small", Map.of("task", "retrieval"));
            Map<String, Long> before = PruneBuilder.prunable(model);
            StageSpec.Finetune stage = (StageSpec.Finetune) RecipeReader.readText(
                            "r.yaml",
                            YAML,
                            List.of(
                                    "stages.finetune.epochs=2",
                                    "stages.finetune.prune={target: {modalities: {text: 0.5}}}"))
                    .stages()
                    .get(0);
            PruneBuilder.attach(stage.prune().orElseThrow(), model);
            Extraction.extract(model);
            Map<String, Double> gone = PruneBuilder.gone(before, model);
            assertThat(gone.get("sparsity_text")).isPositive(); // where its gates begin
            assertThat(gone.get("sparsity_vision")).isZero();
            assertThat(gone.get("sparsity_cross")).isZero();
        }
    }

    @Test
    void whatCannotBeIsSaidBeforeTheFirstStep() {
        assertThatThrownBy(() -> run("stages.analyze.importance.sparsities=[0.1, 0.99]"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("sparsity 0.99 cannot be reached");
        assertThatThrownBy(() -> run("stages.analyze.importance={sparsities: [], others: 1}"))
                .isInstanceOf(RecipeException.class)
                .hasMessageContaining("must list at least one sparsity")
                .hasMessageContaining("must be at least 0 and below 1, got 1.0");
        assertThat(folder.resolve("run")).doesNotExist();
        assertThat(Optional.of(RecipeReader.readImportance("{}").others())).contains(0.0);
    }
}
