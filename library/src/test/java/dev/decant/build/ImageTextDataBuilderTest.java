package dev.decant.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.decant.DataException;
import dev.decant.InputException;
import dev.decant.data.Batch;
import dev.decant.data.Epoch;
import dev.decant.model.Catalogue;
import dev.decant.model.Inputs;
import dev.decant.model.ModelConfig;
import dev.decant.model.Network;
import dev.decant.nn.Trace;
import dev.decant.recipe.RecipeException;
import dev.decant.recipe.RecipeReader;
import dev.decant.recipe.Split;
import dev.decant.report.Summary;
import dev.decant.run.Runner;
import dev.decant.spec.ImageTextTask;
import dev.decant.stage.RunListener;
import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Rng;
import dev.decant.tensor.Scope;
import dev.decant.train.score.Evaluator;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ImageTextDataBuilderTest {

    private static final String SHAPES = "type: shapes-image-text, size: 16, train: 12, test: 6, workers: 1";

    @TempDir
    private Path folder;

    private static DataBuilder parts(String yaml) {
        return DataBuilder.of(RecipeReader.readData("{" + yaml + "}"));
    }

    private static Network tiny(DataBuilder data) {
        Rng.seed(1);
        Map<String, Object> args = new LinkedHashMap<>(
                Map.of("image_res", 16, "patch_size", 8, "vision_width", 16, "vision_layers", 2, "vision_heads", 2));
        args.putAll(Map.of(
                "local_depth",
                1,
                "text_layers",
                1,
                "cross_layers",
                1,
                "hidden_size",
                16,
                "heads",
                2,
                "intermediate_size",
                32));
        args.put("embed_dim", 8);
        args.putAll(data.modelArguments());
        return Catalogue.create("xvlm-small", args);
    }

    /** Every task goes from the recipe through the network to its score. */
    @ParameterizedTest
    @EnumSource
    void everyTaskIsLearnedAndScored(ImageTextTask task) {
        DataBuilder data = parts(SHAPES + ", task: " + task.name().toLowerCase(Locale.ROOT)
                + ", augment: [{type: flip}, {type: rand-augment}], candidates: 4, generation: {longest: 8}");
        Network model = tiny(data);
        ModelConfig.Input input = model.config().input();
        try (Epoch epoch = data.training(input, 4, 1).epoch(0, 0)) {
            while (epoch.hasNext()) {
                try (Scope scope = Scope.open();
                        NoGrad quiet = NoGrad.open()) {
                    Batch batch = epoch.next();
                    assertThat(batch.inputs()).isInstanceOf(Inputs.ImageText.class);
                    String answer =
                            switch (task) {
                                case PRETRAIN, VQA, CAPTION -> "words";
                                case RETRIEVAL -> "match";
                                case ASSIGN, NLVR -> "logits";
                                case GROUNDING -> "boxes";
                            };
                    Trace trace = Trace.of(answer);
                    model.forward(batch.inputs(), trace);
                    assertThat(trace.get(answer).isFinite()).isTrue();
                }
            }
        }
        for (Split split : new Split[] {Split.VALIDATION, Split.TEST}) {
            Map<String, Double> scores =
                    data.task().score(model, data.evaluation(split, input, 4), Evaluator.Mode.PLAIN);
            assertThat(scores).containsKey(data.task().metric());
            assertThat(scores.values()).allMatch(v -> v >= 0 && v <= 1000);
        }
        assertThat(data.modelFiles()).containsKey("tokenizer.json");
    }

    /** A student is pre-trained by the terms that the data makes, scored between epochs and on the test split, and shipped. */
    @Test
    void aRecipeRunsFromEndToEnd() {
        String yaml =
                """
                name: tiny
                data: {%s, task: pretrain, augment: [flip]}
                student:
                  model: xvlm-small
                  config: {image_res: 16, patch_size: 8, vision_width: 16, vision_layers: 2, vision_heads: 2, local_depth: 1,
                    text_layers: 1, cross_layers: 1, hidden_size: 16, heads: 2, intermediate_size: 32, embed_dim: 8}
                stages:
                  - finetune: {epochs: 2, batch-size: 6, optimizer: {type: adamw, lr: 1e-3}}
                  - evaluate: {}
                precision: fp32
                """
                        .formatted(SHAPES);
        Summary summary = Runner.run(
                RecipeReader.readText("tiny.yaml", yaml, List.of()),
                yaml,
                folder.resolve("run"),
                false,
                RunListener.SILENT);
        assertThat(summary.stages().get(0).metrics()).containsKeys("r-mean", "tr1", "ir10");
        assertThat(folder.resolve("run/model/tokenizer.json")).exists();
        assertThat(folder.resolve("run/metrics.jsonl")).content().contains("itc", "itm", "mlm", "box");
    }

    @Test
    void aTermWithoutItsTapIsRefusedBeforeTheTeacherIsTrained() {
        String model =
                """
                {model: xvlm-small, config: {image_res: 16, patch_size: 8, vision_width: 16, vision_layers: 2, vision_heads: 2,
                    local_depth: 1, text_layers: 1, cross_layers: 1, hidden_size: 16, heads: 2, intermediate_size: 32, embed_dim: 8}
                """;
        String yaml =
                """
                name: tiny
                data: {%s, task: retrieval}
                teacher: %s, train: {epochs: 1, batch-size: 6}}
                student: %s}
                stages:
                  - distill: {epochs: 1, batch-size: 6, terms: [{type: itc}, {type: kd}]}
                """
                        .formatted(SHAPES, model.strip(), model.strip());
        Path out = folder.resolve("refused");
        assertThatThrownBy(() -> Runner.run(
                        RecipeReader.readText("tiny.yaml", yaml, List.of()), yaml, out, false, RunListener.SILENT))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith("terms: kd needs the tap 'logits' of the student (xvlm-small)");
        assertThat(out).doesNotExist();
    }

    @Test
    void theBestEpochIsNeverChosenOnTheTestSplit() throws IOException {
        Files.writeString(folder.resolve("train.json"), "[]");
        String json = "type: image-text, path: " + folder + ", task: retrieval, tokenizer: " + tokenizer();
        ModelConfig.Input input =
                tiny(parts(SHAPES + ", task: retrieval")).config().input();
        assertThatThrownBy(() -> parts(json).evaluation(Split.VALIDATION, input, 2))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("no split 'val' to choose the best epoch on");
        DataBuilder held = parts(SHAPES + ", task: retrieval, validation: 0.25");
        assertThat(held.evaluation(Split.VALIDATION, input, 2).size()).isEqualTo(6); // 3 of 12 images with 2 texts each
        assertThat(held.training(input, 2, 0).size()).isEqualTo(18);
    }

    private Path tokenizer() throws IOException {
        return Files.writeString(folder.resolve("vocab.txt"), "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nred\nblue\n");
    }

    @Test
    void whatDoesNotFitIsRefused() {
        ModelConfig.Input input =
                tiny(parts(SHAPES + ", task: retrieval")).config().input();
        assertThatThrownBy(() -> parts(SHAPES + ", task: retrieval").training(input, 100, 0))
                .hasMessage("batch-size 100 is more than the 24 training texts");
        assertThatThrownBy(() ->
                        parts(SHAPES + ", task: retrieval, max-length: 600").training(input, 4, 0))
                .hasMessage("data.max-length 600 is more than the 512 positions of the model");
        assertThatThrownBy(() -> parts(SHAPES + ", task: retrieval").training(input, 1, 0))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("needs texts about two images in each batch");
        assertThatThrownBy(() -> parts(SHAPES + ", task: vqa").training(new ModelConfig.TextInput(100, 100, 0), 4, 0))
                .hasMessageContaining("the model takes only text");
    }

    @Test
    void recipesAreChecked() {
        assertThatThrownBy(() -> parts(SHAPES + ", task: grounding, augment: [random-resized-crop, mixup],"
                        + " regions: {share: 1}, objects: 9"))
                .isInstanceOf(RecipeException.class)
                .hasMessageContaining("may cut off what a phrase names")
                .hasMessageContaining("mixes images")
                .hasMessageContaining("is for task pretrain");
        assertThatThrownBy(() -> parts("type: image-text, path: P, task: read")).hasMessageContaining("task");
    }

    @Test
    void regionsNeedBoxes() throws IOException {
        Files.writeString(folder.resolve("train.jsonl"), "{\"image\": \"a.png\", \"caption\": \"red\"}\n".repeat(4));
        Files.write(folder.resolve("a.png"), png());
        DataBuilder data = parts("type: image-text, path: " + folder
                + ", task: pretrain, regions: {share: 0.5}, tokenizer: " + tokenizer());
        ModelConfig.Input input =
                tiny(parts(SHAPES + ", task: retrieval")).config().input();
        assertThatThrownBy(() -> data.training(input, 2, 0))
                .hasMessageContaining("no training entry has regions; in JSON these are 'elems'");
    }

    private static byte[] png() throws IOException {
        var bytes = new ByteArrayOutputStream();
        ImageIO.write(new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB), "png", bytes);
        return bytes.toByteArray();
    }
}
