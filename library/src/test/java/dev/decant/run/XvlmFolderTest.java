package dev.decant.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.decant.build.ModelBuilder;
import dev.decant.model.Network;
import dev.decant.model.multimodal.Xvlm;
import dev.decant.nn.Trace;
import dev.decant.recipe.ModelSpec;
import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Rng;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import dev.decant.weights.WeightsException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Folders of networks of images and texts: written, read, and taken up by another task. */
class XvlmFolderTest {

    private static final String TEXT = "text_encoder.encoder.layer.";

    @TempDir
    Path folder;

    @BeforeEach
    void seed() {
        Rng.seed(9);
    }

    private Network read(Map<String, Object> config, ModelBuilder.Fresh fresh) {
        return ModelBuilder.build(new ModelSpec(folder.toString(), config, Optional.empty()), Map.of(), fresh);
    }

    private Xvlm written(Map<String, Object> config) {
        Xvlm model = ImageTextTermsTest.xvlm("xvlm-small", config);
        ModelBuilder.write(folder, model, Map.of());
        return model;
    }

    private static float[] values(Network network, String name) {
        return Optional.ofNullable(network.state().get(name))
                .orElseThrow(() -> new AssertionError(name))
                .floats();
    }

    @ParameterizedTest
    @ValueSource(strings = {"pretrain", "retrieval", "assign", "nlvr", "vqa", "caption", "grounding"})
    void aFolderIsReadAsItWasWritten(String task) {
        try (Scope scope = Scope.open();
                NoGrad quiet = NoGrad.open()) {
            Xvlm model = written(Map.of("task", task));
            Network again = read(Map.of(), ModelBuilder.Fresh.NOTHING);
            assertThat(again.config().input()).isEqualTo(model.config().input());
            assertThat(again.classes()).isEqualTo(model.classes());
            again.train(false);
            model.train(false);
            var inputs = model.sample(2);
            assertThat(again.forward(inputs, Trace.none()).floats())
                    .isEqualTo(model.forward(inputs, Trace.none()).floats());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "retrieval, text_encoder.encoder.layer.4.output.dense.weight, text_encoder.bert.encoder.layer.4.output.dense.weight",
        "retrieval, itm_head.0.weight, itm_head.0.weight",
        "nlvr, text_encoder.encoder.layer.2.output.dense.weight, text_encoder.bert.encoder.layer.2.output.dense.weight",
        "nlvr, text_encoder.encoder.layer.5.output.dense.weight, text_encoder.bert.encoder.layer.4.output.dense.weight",
        "nlvr, text_encoder.encoder.layer.6.output.dense.weight, text_encoder.bert.encoder.layer.4.output.dense.weight",
        "nlvr, text_encoder.encoder.layer.7.crossattention.self.key.weight, text_encoder.bert.encoder.layer.5.crossattention.self.key.weight",
        "vqa, text_encoder.encoder.layer.5.output.dense.weight, text_encoder.bert.encoder.layer.5.output.dense.weight",
        "vqa, text_decoder.bert.encoder.layer.1.output.dense.weight, text_encoder.bert.encoder.layer.4.output.dense.weight",
        "vqa, text_decoder.cls.predictions.bias, text_encoder.cls.predictions.bias",
        "vqa, text_decoder.bert.embeddings.word_embeddings.weight, text_encoder.bert.embeddings.word_embeddings.weight",
        "caption, text_decoder.bert.encoder.layer.4.output.dense.weight, text_encoder.bert.encoder.layer.4.output.dense.weight",
        "grounding, bbox_head.3.weight, bbox_head.3.weight"
    })
    void anotherTaskBeginsWithWhatIsThere(String task, String own, String source) {
        try (Scope scope = Scope.open()) {
            Xvlm pretrained = written(Map.of());
            Network tuned = read(Map.of("task", task), ModelBuilder.Fresh.HEAD);
            assertThat(values(tuned, own)).isEqualTo(values(pretrained, source));
        }
    }

    /** Copies that were learned apart stay apart: the second copy of a layer does not begin as the first again. */
    @Test
    void statementsAboutTwoImagesBeginWithWhatAssignmentLearned() {
        try (Scope scope = Scope.open()) {
            written(Map.of());
            Network assigned = read(Map.of("task", "assign"), ModelBuilder.Fresh.HEAD);
            String second = "text_encoder.encoder.layer.4.output.dense.weight";
            assertThat(values(assigned, second))
                    .isEqualTo(values(assigned, "text_encoder.encoder.layer.3.output.dense.weight"));
            try (NoGrad quiet = NoGrad.open()) {
                Tensor weight =
                        Optional.ofNullable(assigned.state().get(second)).orElseThrow();
                weight.copyFrom(weight.add(1));
            }
            ModelBuilder.write(folder, assigned, Map.of());
            Network nlvr = read(Map.of("task", "nlvr"), ModelBuilder.Fresh.HEAD);
            assertThat(nlvr.classes()).isEqualTo(2);
            assertThat(values(nlvr, second)).isEqualTo(values(assigned, second));
            String key = "text_encoder.encoder.layer.3.crossattention.self.key.weight";
            assertThat(values(nlvr, key)).isEqualTo(values(assigned, key));
        }
    }

    @Test
    void otherWeightsAreRefusedUnlessTheHeadMayBeNew() {
        try (Scope scope = Scope.open()) {
            written(Map.of());
            assertThatThrownBy(() -> read(Map.of("task", "nlvr"), ModelBuilder.Fresh.NOTHING))
                    .isInstanceOf(WeightsException.class)
                    .hasMessageContaining("cls_head.0.weight");
            assertThatThrownBy(() -> read(Map.of("task", "nlvr", "vision_layers", 7), ModelBuilder.Fresh.HEAD))
                    .isInstanceOf(WeightsException.class)
                    .hasMessageContaining("vision_encoder.encoder.layers.6");
        }
    }

    @Test
    void positionsAreResized() {
        try (Scope scope = Scope.open();
                NoGrad quiet = NoGrad.open()) {
            Xvlm small = written(Map.of("task", "retrieval"));
            Network large = read(Map.of("image_res", 32), ModelBuilder.Fresh.NOTHING);
            String name = "vision_encoder.pos_embed.weight";
            Tensor from = Optional.ofNullable(small.state().get(name)).orElseThrow();
            Tensor to = Optional.ofNullable(large.state().get(name)).orElseThrow();
            assertThat(to.shape()).containsExactly(17, 8);
            assertThat(to.select(0, 0).floats()).isEqualTo(from.select(0, 0).floats());
            // a quarter before the first of two places: cubic at 1.75, 0.75 and 0.25, the edge repeated, and at 1.25
            double[] grid = from.narrow(0, 1, 4).select(1, 0).doubles();
            double[] cubic = {-0.03515625 + 0.26171875 + 0.87890625, -0.10546875};
            double expected = cubic[0] * cubic[0] * grid[0]
                    + cubic[0] * cubic[1] * (grid[1] + grid[2])
                    + cubic[1] * cubic[1] * grid[3];
            assertThat(to.select(0, 1).select(0, 0).item()).isCloseTo(expected, within(1e-6));
        }
    }

    @Test
    void aPrunedFolderIsReadAsItWasWritten() {
        try (Scope scope = Scope.open();
                NoGrad quiet = NoGrad.open()) {
            Xvlm model = ImageTextTermsTest.xvlm("xvlm-small", Map.of("task", "nlvr"));
            model.keep(Map.of(
                    TEXT + "3.crossattention.self.heads", new long[] {1}, TEXT + "0.intermediate.neurons", new long[] {
                        0, 3, 4
                    }));
            ModelBuilder.write(folder, model, Map.of());
            Network again = read(Map.of(), ModelBuilder.Fresh.NOTHING);
            again.train(false);
            model.train(false);
            var inputs = model.sample(2);
            assertThat(again.parameterCount()).isEqualTo(model.parameterCount());
            assertThat(again.forward(inputs, Trace.none()).floats())
                    .isEqualTo(model.forward(inputs, Trace.none()).floats());
        }
    }
}
