package dev.decant.model.multimodal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.decant.model.Catalogue;
import dev.decant.model.Inputs;
import dev.decant.model.LayerTaps;
import dev.decant.model.Negatives;
import dev.decant.model.Stack;
import dev.decant.model.StoredReference;
import dev.decant.model.VisionLanguage;
import dev.decant.nn.Trace;
import dev.decant.tensor.DType;
import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import dev.decant.weights.KeyMap;
import dev.decant.weights.StoredTensor;
import dev.decant.weights.StoredWeights;
import dev.decant.weights.Strictness;
import dev.decant.weights.Weights;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against what plain PyTorch computes, as {@code reference/xvlm_models.py} stored it. */
class XvlmTest {

    private static final double CLOSE = 5e-5;

    @ParameterizedTest
    @ValueSource(strings = {"pretrain", "regions", "deit", "assign", "nlvr", "vqa", "caption", "grounding"})
    void computesWhatPyTorchComputes(String stored) {
        try (Scope scope = Scope.open();
                NoGrad quiet = NoGrad.open()) {
            StoredReference reference = StoredReference.read("xvlm", stored);
            Xvlm model = model(reference);
            assertThat(model.parameterCount())
                    .isEqualTo(reference.facts().get("parameters").asLong());
            Inputs.ImageText batch = batch(reference);
            List<String> answers = List.of("similarity", "match", "words", "boxes", "logits").stream()
                    .filter(name -> reference.stored().tensors().containsKey("expected." + name))
                    .toList();
            List<String> wanted = new ArrayList<>(answers);
            model.stacks().forEach((part, stack) -> {
                wanted.add(stack.embeddings());
                stack.layers().forEach(l -> {
                    wanted.addAll(List.of(l.output(), l.map()));
                    l.crossAttention().ifPresent(c -> wanted.add(l.crossMap()));
                });
            });
            Trace trace = Trace.of(wanted);
            Trace fused = Trace.of(answers);
            model.forward(batch, trace);
            model.forward(batch, fused);

            for (String name : answers) {
                assertClose(name, trace.get(name), reference.get("expected." + name));
                assertClose(name, fused.get(name), reference.get("expected." + name));
            }
            model.stacks().forEach((part, stack) -> compare(part, stack, trace, reference));
        }
    }

    private static void compare(String part, Stack stack, Trace trace, StoredReference reference) {
        String expected = "expected." + part;
        assertClose(part, trace.get(stack.embeddings()), reference.get(expected + ".states.0"));
        int cross = 0;
        for (int i = 0; i < stack.depth(); i++) {
            LayerTaps layer = stack.layers().get(i);
            assertClose(layer.output(), trace.get(layer.output()), reference.get(expected + ".states." + (i + 1)));
            assertClose(layer.map(), trace.get(layer.map()), reference.get(expected + ".maps." + i));
            if (layer.crossAttention().isPresent()) {
                assertClose(
                        layer.crossMap(),
                        trace.get(layer.crossMap()),
                        reference.get(expected + ".cross_maps." + cross++));
            }
        }
    }

    @Test
    void thePiecesThatEvaluationCallsGiveWhatTheForwardPassGives() {
        try (Scope scope = Scope.open();
                NoGrad quiet = NoGrad.open()) {
            StoredReference reference = StoredReference.read("xvlm", "pretrain");
            Xvlm model = model(reference);
            Tensor images = model.imageTokens(reference.get("input.pixels"));
            Inputs.Text text = batch(reference).text();
            Tensor texts = model.textTokens(text);
            Tensor cosines =
                    model.imageFeatures(images).matmul(model.textFeatures(texts).transpose(0, 1));
            assertClose("similarity", cosines.div(0.2), reference.get("expected.similarity"));
            assertClose(
                    "match",
                    model.match(images, Tensor.arange(3), texts, text.mask()),
                    reference.get("expected.match").narrow(0, 0, 3));
            assertThat(model.boxes(images, Tensor.arange(3), texts, text.mask()).shape())
                    .containsExactly(3, 4);
        }
    }

    @Test
    void answersAreDecodedFromTheStatesOfTheirQuestions() {
        try (Scope scope = Scope.open();
                NoGrad quiet = NoGrad.open()) {
            StoredReference reference = StoredReference.read("xvlm", "vqa");
            Xvlm model = model(reference);
            Inputs.ImageText batch = batch(reference);
            Tensor of = batch.answers().orElseThrow().questionOf();
            Tensor states =
                    model.questionStates(model.imageTokens(batch.images().pixels()), batch.imageOf(), batch.text());
            VisionLanguage.Writer writer = model.writer(states, batch.text().mask());
            Inputs.Text answers = batch.answers().orElseThrow().text();
            Tensor logits = writer.next(answers, of);
            assertClose("words", logits.reshape(-1, logits.size(2)), reference.get("expected.words"));
            Tensor last = Tensor.of(new long[] {answers.size() - 1});
            Inputs.Text one = new Inputs.Text(
                    answers.ids().indexSelect(0, last),
                    answers.types().indexSelect(0, last),
                    answers.mask().indexSelect(0, last));
            assertClose("one of them", writer.next(one, of.indexSelect(0, last)), logits.indexSelect(0, last));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "pretrain, clip",
        "pretrain, deit",
        "retrieval, clip",
        "assign, clip",
        "nlvr, clip",
        "vqa, clip",
        "caption, clip",
        "grounding, deit"
    })
    void everyTapOfEveryLayerIsOffered(String task, String vision) {
        try (Scope scope = Scope.open();
                NoGrad quiet = NoGrad.open()) {
            Xvlm model = tiny("xvlm-small", Map.of("task", task, "vision_encoder", vision));
            List<String> taps = new ArrayList<>();
            model.stacks().values().forEach(stack -> {
                taps.add(stack.embeddings());
                stack.mask().ifPresent(taps::add);
                stack.layers().forEach(l -> {
                    taps.addAll(List.of(l.scores(), l.map(), l.context(), l.selfOutput(), l.attentionOutput()));
                    taps.addAll(List.of(l.output(), l.query(), l.key(), l.value()));
                    l.crossAttention().ifPresent(c -> taps.addAll(List.of(l.crossScores(), l.crossMap())));
                });
            });
            Trace trace = Trace.of(taps);
            model.forward(model.sample(2), trace);
            assertThat(trace.offered()).containsAll(taps);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"clip", "deit"})
    void modalitiesCoverEveryGateOfEveryLayer(String vision) {
        try (Scope scope = Scope.open()) {
            Xvlm model = tiny("xvlm-small", Map.of("task", "vqa", "vision_encoder", vision));
            assertThat(model.modalities().keySet()).containsExactly("vision", "text", "cross", "decoder");
            List<String> paths =
                    model.modalities().values().stream().flatMap(List::stream).toList();
            assertThat(model.gates().keySet())
                    .hasSize(6 * 2 + 3 * 2 + 3 * 3 + 3 * 3)
                    .allMatch(gate -> paths.stream().filter(gate::startsWith).count() == 1);
        }
    }

    @Test
    void theCopiesOfALayerShareKeyAndValue() {
        try (Scope scope = Scope.open()) {
            Xvlm shared = tiny("xvlm-small", Map.of("task", "nlvr"));
            Xvlm apart = tiny("xvlm-small", Map.of("task", "nlvr", "share_keys", false));
            assertThat(shared.state().keySet()).contains("text_encoder.encoder.layer.3.crossattention.self.key.weight");
            assertThat(shared.state().keySet())
                    .doesNotContain("text_encoder.encoder.layer.4.crossattention.self.key.weight");
            assertThat(apart.parameterCount() - shared.parameterCount()).isEqualTo(3 * 2 * (16 * 16 + 16));
        }
    }

    @ParameterizedTest
    @CsvSource({"clip, vision_encoder.pos_embed.weight", "deit, vision_encoder.pos_embed"})
    void positionsAreResizedWithTheImage(String vision, String table) {
        try (Scope scope = Scope.open()) {
            Xvlm small = tiny("xvlm-small", Map.of("vision_encoder", vision));
            Xvlm large = tiny("xvlm-small", Map.of("vision_encoder", vision, "image_res", 32));
            Tensor rows = Tensor.cat(List.of(Tensor.zeros(1, 16), Tensor.ones(4, 16)), 0);
            StoredTensor stored = StoredTensor.of(
                    table, rows.floats(), small.state().get(table).shape());
            StoredTensor fitted = XvlmWeights.fit(
                            large, new StoredWeights(Path.of("x"), Map.of(table, stored), Map.of()))
                    .tensors()
                    .get(table);
            assertThat(fitted.shape()).containsExactly(large.state().get(table).shape());
            Tensor found = fitted.toTensor().reshape(-1, 16);
            assertClose("class token", found.narrow(0, 0, 1), Tensor.zeros(1, 16));
            assertClose("patches", found.narrow(0, 1, 16), Tensor.ones(16, 16));
        }
    }

    @Test
    void copiesThatShareKeyAndValueMayLoseDifferentHeads() {
        try (Scope scope = Scope.open();
                NoGrad quiet = NoGrad.open()) {
            Xvlm model = tiny("xvlm-small", Map.of("task", "nlvr"));
            model.train(false);
            Inputs inputs = model.sample(2);
            Tensor before = model.forward(inputs, Trace.none());
            String gate = "text_encoder.encoder.layer.%d.crossattention.self.heads";

            model.keep(Map.of(gate.formatted(3), new long[] {0, 1}));
            assertClose("logits", model.forward(inputs, Trace.none()), before);
            model.keep(Map.of(gate.formatted(3), new long[] {0}, gate.formatted(4), new long[] {1}));

            Xvlm rebuilt = (Xvlm) Catalogue.create("xvlm-small", model.config().args());
            assertThat(rebuilt.parameterCount()).isEqualTo(model.parameterCount());
            assertThat(rebuilt.state().keySet()).isEqualTo(model.state().keySet());
            assertThat(model.forward(inputs, Trace.none())
                            .sub(before)
                            .abs()
                            .max()
                            .item())
                    .isGreaterThan(0);
        }
    }

    /** What is said of a text depends on its two images in their order, and on nothing else of the batch. */
    @Test
    void aTextIsAssignedByTheTwoImagesItIsShown() {
        try (Scope scope = Scope.open();
                NoGrad quiet = NoGrad.open()) {
            Xvlm model = tiny("xvlm-small", Map.of("task", "assign"));
            model.train(false);
            Inputs.ImageText batch = (Inputs.ImageText) model.sample(3);
            Tensor once = assigned(model, batch, Negatives.of(new long[] {0, 0, 1}, new long[] {1, 2, 0}));
            Tensor again = assigned(model, batch, Negatives.of(new long[] {0, 2, 1}, new long[] {1, 0, 0}));
            assertThat(once.shape()).containsExactly(3, 3);
            assertClose("the same images", again.select(0, 0), once.select(0, 0));
            assertClose("the same images", again.select(0, 2), once.select(0, 2));
            assertThat(again.select(0, 1).sub(once.select(0, 1)).abs().max().item())
                    .isGreaterThan(1e-4);
        }
    }

    private static Tensor assigned(Xvlm model, Inputs.ImageText batch, Negatives shown) {
        return model.forward(
                new Inputs.ImageText(
                        batch.images(),
                        batch.text(),
                        batch.imageOf(),
                        batch.ids(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        shown),
                Trace.none());
    }

    @Test
    void whatIsMissingIsSaid() {
        try (Scope scope = Scope.open()) {
            Xvlm nlvr = tiny("xvlm-small", Map.of("task", "nlvr"));
            Xvlm pretrain = tiny("xvlm-small", Map.of());
            assertThatThrownBy(() -> nlvr.forward(pretrain.sample(2), Trace.none()))
                    .hasMessage("statements are about two images each: 2 statements need 4 images, got 2");
            assertThatThrownBy(() -> nlvr.imageFeatures(Tensor.zeros(1, 2, 16)))
                    .hasMessage("xvlm-small for nlvr has no vision_proj; build it for another task");
            assertThatThrownBy(() -> pretrain.forward(new Inputs.Images(Tensor.zeros(1, 3, 8, 8)), Trace.none()))
                    .hasMessage("xvlm-small takes images with texts, not images");
            assertThatThrownBy(() -> tiny("xvlm-small", Map.of("local_depth", 7)))
                    .hasMessageContaining("local_depth 7 is more than the 6 vision_layers");
            assertThatThrownBy(() -> pretrain.forward(pretrain.sample(1), Trace.of("match")))
                    .hasMessageContaining("at least 2 images in each batch");
        }
    }

    @Tag("slow")
    @ParameterizedTest
    @CsvSource({
        "xvlm-clip, pretrain, 224, 212268609",
        "xvlm-small, pretrain, 224, 120122433",
        "xvlm-clip, retrieval, 384, 210747395",
        "xvlm-small, retrieval, 384, 118601219",
        "xvlm-clip deit, pretrain, 224, 212267841"
    })
    void hasAsManyParametersAsPublished(String name, String task, int size, long parameters) {
        try (Scope scope = Scope.open()) {
            String vision = name.endsWith("deit") ? "deit" : "clip";
            Xvlm model = (Xvlm) Catalogue.create(
                    name.split(" ")[0], Map.of("task", task, "image_res", size, "vision_encoder", vision));
            assertThat(model.parameterCount()).isEqualTo(parameters);
            boolean clip = name.startsWith("xvlm-clip");
            long prunable = model.gates().values().stream()
                    .mapToLong(g -> g.units() * g.parametersPerUnit())
                    .sum();
            long biases = (clip ? 12 + 6 + 6 : 6 + 3 + 3) * 768L; // of the FFN's output maps, which stay
            assertThat(prunable + biases).isEqualTo(clip ? 184_209_408 : 92_104_704);
        }
    }

    static Xvlm tiny(String name, Map<String, Object> more) {
        Map<String, Object> args = new LinkedHashMap<>(Map.of(
                "image_res", 16,
                "patch_size", 8,
                "vision_width", 16,
                "vision_heads", 2,
                "hidden_size", 16,
                "heads", 2,
                "intermediate_size", 24,
                "vocab_size", 30,
                "embed_dim", 8,
                "max_position_embeddings", 10));
        args.putAll(more);
        return (Xvlm) Catalogue.create(name, args);
    }

    private static Xvlm model(StoredReference reference) {
        Map<String, Object> args = new LinkedHashMap<>();
        ObjectMapper json = new ObjectMapper();
        reference
                .facts()
                .get("config")
                .properties()
                .forEach(e -> args.put(e.getKey(), json.convertValue(e.getValue(), Object.class)));
        Xvlm model = (Xvlm) Catalogue.create("xvlm-clip", args);
        Map<String, StoredTensor> weights =
                new LinkedHashMap<>(reference.stored().tensors());
        weights.keySet().removeIf(k -> k.matches("(input|expected)\\..*"));
        if (model.sizes().task().showsTwo()) { // PyTorch writes what two layers share twice
            weights.keySet().removeIf(k -> k.matches(".*layer\\.[35]\\.crossattention\\.self\\.(key|value)\\..*"));
        }
        StoredWeights stored = new StoredWeights(reference.stored().source(), weights, Map.of());
        Weights.load(model, stored, KeyMap.identity(), Strictness.STRICT);
        model.train(false);
        return model;
    }

    private static Inputs.ImageText batch(StoredReference reference) {
        Inputs.Text text = text(reference, "ids", "mask");
        Tensor images = reference.get("input.image_of");
        return new Inputs.ImageText(
                new Inputs.Images(reference.get("input.pixels")),
                text,
                images,
                images,
                given(reference, "patches")
                        .map(p -> new Inputs.Regions(Tensor.zeros(3, 4), reference.get("input.whole"), p)),
                given(reference, "masked_ids")
                        .map(ids -> new Inputs.Masked(
                                ids, reference.get("input.positions"), reference.get("input.masked_labels"))),
                given(reference, "question_of")
                        .map(of -> new Inputs.Answers(
                                text(reference, "answer_ids", "answer_mask"), of, Tensor.ones(of.size(0)))),
                negatives(reference));
    }

    private static Negatives negatives(StoredReference reference) {
        Optional<Negatives> two = given(reference, "first")
                .map(i -> Negatives.of(i.longs(), reference.get("input.second").longs()));
        return two.or(() -> given(reference, "wrong_images")
                        .map(i -> Negatives.of(
                                i.longs(), reference.get("input.wrong_texts").longs())))
                .orElseGet(() -> new Negatives(0));
    }

    private static Optional<Tensor> given(StoredReference reference, String name) {
        return reference.stored().tensors().containsKey("input." + name)
                ? Optional.of(reference.get("input." + name))
                : Optional.empty();
    }

    private static Inputs.Text text(StoredReference reference, String ids, String mask) {
        Tensor tokens = reference.get("input." + ids);
        return new Inputs.Text(
                tokens, tokens.zerosLike(), reference.get("input." + mask).to(DType.I64));
    }

    private static void assertClose(String what, Tensor found, Tensor expected) {
        assertThat(found.shape()).as(what).containsExactly(expected.shape());
        assertThat(found.sub(expected).abs().max().item()).as(what).isLessThan(CLOSE);
    }
}
