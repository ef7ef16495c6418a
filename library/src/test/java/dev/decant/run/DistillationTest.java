package dev.decant.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.decant.recipe.Recipe;
import dev.decant.recipe.RecipeException;
import dev.decant.recipe.RecipeReader;
import dev.decant.recipe.StageSpec;
import dev.decant.report.Summary;
import dev.decant.report.TableRow;
import dev.decant.stage.RunListener;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DistillationTest {

    private static final Distillation TINY = Distillation.of(
                    "shapes", Map.of("size", 16, "train", 64, "test", 32, "workers", 1))
            .teacher("resnet20_cifar", Map.of("img_size", 16, "blocks", 1, "channels", List.of(8, 16, 16)), 1)
            .student(
                    "vit_small_patch16_224",
                    Map.of("img_size", 16, "patch_size", 4, "embed_dim", 16, "depth", 4, "num_heads", 2))
            .term("cross-entropy")
            .term("ofa", 0.5, Map.of("eps", 1.5))
            .epochs(2)
            .set("teachers.0.train.batch-size", 32)
            .set("stages.distill.batch-size", 32);

    @Test
    void isTheRecipeThatAFileHolds() {
        String yaml =
                """
                data: {type: shapes, size: 16, train: 64, test: 32, workers: 1}
                teacher:
                  model: resnet20_cifar
                  config: {img_size: 16, blocks: 1, channels: [8, 16, 16]}
                  train: {epochs: 1, batch-size: 32}
                student:
                  model: vit_small_patch16_224
                  config: {img_size: 16, patch_size: 4, embed_dim: 16, depth: 4, num_heads: 2}
                stages:
                  - distill:
                      epochs: 2
                      batch-size: 32
                      terms: [cross-entropy, {type: ofa, weight: 0.5, eps: 1.5}]
                      control: false
                      save: best
                      prune: {target: {sparsity: 0.5}}
                      quantize: {activations: off}
                  - export: {formats: [onnx, safetensors]}
                seeds: [3]
                """;
        Recipe built = TINY.control(false)
                .save(StageSpec.Save.BEST)
                .prune(0.5)
                .quantize(Map.of("activations", "off"))
                .export(StageSpec.Format.ONNX, StageSpec.Format.SAFETENSORS)
                .set("seeds", List.of(3))
                .recipe();
        assertThat(built).isEqualTo(RecipeReader.readText("r.yaml", yaml, List.of()));
    }

    @Test
    void typedDataIsTheSame() {
        Distillation typed = Distillation.of(RecipeReader.readData("{type: cifar10, path: P}"));
        Distillation named = Distillation.of("cifar10", Map.of("path", "P"));
        assertThat(complete(typed)).isEqualTo(complete(named));
    }

    private static Recipe complete(Distillation distillation) {
        return distillation
                .teacher(Path.of("large"))
                .student(Path.of("small"))
                .term("kd")
                .epochs(1)
                .recipe();
    }

    @Test
    void isImmutable() {
        Recipe before = TINY.recipe();
        assertThat(TINY.term("kd").control(false).epochs(9).recipe()).isNotEqualTo(before);
        assertThat(TINY.recipe()).isEqualTo(before);
    }

    @Test
    void allMistakesAreNamedAtOnceByTheirPaths() {
        assertThatThrownBy(() -> TINY.term("ofaa").epochs(0).recipe())
                .isInstanceOf(RecipeException.class)
                .hasMessageContaining(
                        "recipe.stages[0].distill.terms[2].type: unknown type 'ofaa'; did you mean 'ofa'?")
                .hasMessageContaining("recipe.stages[0].distill.epochs: must be at least 1, got 0");
    }

    @Test
    void runsIntoAFolderWhoseRecipeIsTheSame(@TempDir Path folder) {
        Path out = folder.resolve("mine");
        Distillation pruned =
                TINY.prune(0.5).quantize(Map.of("activations", "off")).export(StageSpec.Format.ONNX_2BIT);
        pruned.check();
        Summary summary = pruned.run(out);
        assertThat(summary.table().stream().map(TableRow::role))
                .startsWith(TableRow.Role.TEACHER, TableRow.Role.CONTROL);
        assertThat(summary.exports()).hasSize(1);
        assertThat(out.resolve("model/model.safetensors")).isNotEmptyFile();
        assertThat(RecipeReader.read(out.resolve("recipe.yaml"), List.of()))
                .isEqualTo(pruned.recipe().withName("mine"));
        assertThat(pruned.run(out, true, RunListener.SILENT)).isEqualTo(summary);
    }
}
