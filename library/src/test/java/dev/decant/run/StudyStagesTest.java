package dev.decant.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.decant.ModelException;
import dev.decant.build.DataBuilder;
import dev.decant.model.Network;
import dev.decant.recipe.DataSpec;
import dev.decant.recipe.RecipeReader;
import dev.decant.recipe.StudySpec;
import dev.decant.stage.RunListener;
import dev.decant.study.AttentionStage;
import dev.decant.study.StudyData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StudyStagesTest {

    private static final String DATA = "{type: shapes, size: 16, train: 32, test: 16, labels: color, workers: 1}";
    private static final String VIT = "{img_size: 16, patch_size: 8, embed_dim: 8, depth: 1, num_heads: 2}";
    private static final String YAML =
            """
            name: studies
            data: %s
            student: {model: vit_small_patch16_224, config: %s}
            stages:
              - finetune: {epochs: 1, batch-size: 16}
              - analyze: {kind: attention, with: student, examples: 3}
              - analyze: {kind: hessian, examples: 4, hessian: {top: 1, per-example: 2, iterations: 3, lanczos-steps: 4}}
            precision: fp32
            """
                    .formatted(DATA, VIT);

    @TempDir
    private Path folder;

    @BeforeAll
    static void withoutAScreen() {
        System.setProperty("java.awt.headless", "true");
    }

    private Path run(String yaml) {
        Path out = folder.resolve("run");
        Runner.run(RecipeReader.readText("r.yaml", yaml, List.of()), yaml, out, false, RunListener.SILENT);
        return out;
    }

    @Test
    void studiesLeaveNumbersAndCharts() throws Exception {
        Path out = run(YAML);
        JsonNode attention = new ObjectMapper()
                .readTree(out.resolve("analyses/attention.json").toFile());
        assertThat(attention.path("examples").asInt()).isEqualTo(3);
        assertThat(attention.path("mean").path("rankingLoss").asDouble(-1)).isZero();
        assertThat(attention.path("layers").get(0).path("distances").has("CLS")).isTrue();
        JsonNode hessian = new ObjectMapper()
                .readTree(out.resolve("analyses/hessian2.json").toFile())
                .path("student");
        assertThat(hessian.path("examples").asInt()).isEqualTo(4);
        assertThat(hessian.path("per_example")).hasSize(2);
        assertThat(hessian.path("density").path("centers")).hasSize(4);
        assertThat(out.resolve("figures")).isDirectoryContaining("glob:**/attention-range-1.png");
        assertThat(out.resolve("figures")).isDirectoryContaining("glob:**/hessian2-density.json");
        assertThat(Files.readString(out.resolve("report.html")))
                .contains("cover length ratio by head")
                .contains("eigenvalues of the mean loss")
                .doesNotContain("is left out");
    }

    /** Slow, since charts of a size to look at are drawn. */
    @Test
    @Tag("slow")
    void studentsOfOneTeacherShareTheCharts() {
        Path model = run(YAML.substring(0, YAML.indexOf("  - analyze"))).resolve("model");
        List<Path> files = AttentionStage.compare(
                model.toString(),
                List.of(model.toString(), model.toString()),
                RecipeReader.readData(DATA),
                new StudySpec.Attention(Optional.empty(), 2, 2),
                folder.resolve("new/attention"));
        assertThat(files).hasSize(7).allMatch(Files::isRegularFile);
    }

    @Test
    void textsAreCutByTheTokenizerOfTheFolder() throws IOException {
        Path model =
                run("""
                data: {type: shapes-text, train: 4, test: 4, max-length: 32}
                student:
                  model: bert-base
                  config: {hidden_size: 8, num_hidden_layers: 1, num_attention_heads: 2, intermediate_size: 8, max_position_embeddings: 32}
                stages: [evaluate]
                """)
                        .resolve("model");
        Files.writeString(folder.resolve("dev.tsv"), "sentence\tlabel\nthere is a red circle\t1\n");
        DataSpec data = RecipeReader.readData("{type: glue, task: sst-2, max-length: 32, path: " + folder + "}");
        DataBuilder parts = StudyData.open(data, List.of(model.toString()));
        Network network = StudyData.networks(List.of(model.toString()), parts)
                .values()
                .iterator()
                .next();
        assertThat(StudyData.examples(parts, network.config().input(), 5)).hasSize(1);
    }

    @Test
    void aCnnHasNoAttentionToStudy() {
        String yaml = YAML.replace("vit_small_patch16_224", "resnet20_cifar").replace(VIT, "{img_size: 16}");
        assertThatThrownBy(() -> run(yaml))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("resnet20_cifar is not a stack of transformer layers");
        assertThat(folder.resolve("run")).doesNotExist();
    }
}
