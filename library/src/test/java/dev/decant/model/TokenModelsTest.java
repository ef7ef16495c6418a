package dev.decant.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.decant.model.vision.StageEnds;
import dev.decant.model.vision.Windows;
import dev.decant.nn.Trace;
import dev.decant.tensor.DType;
import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Ops;
import dev.decant.tensor.Rng;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Token networks against timm: names, shapes and order of the state, counts, and the numbers they compute. */
class TokenModelsTest {

    private static final double CLOSE = 1e-4;
    private static final List<String> STAGES = List.of("stage1", "stage2", "stage3", "stage4");

    @ParameterizedTest
    @ValueSource(strings = {"deit_tiny_patch16_224", "swin_nano", "swin_pico", "resmlp_12_224"})
    void theStateIsTimms(String name) {
        assertStateIsTimms(name);
    }

    @Tag("slow")
    @ParameterizedTest
    @ValueSource(
            strings = {
                "vit_small_patch16_224",
                "vit_base_patch16_224",
                "swin_tiny_patch4_window7_224",
                "swin_base_patch4_window7_224",
                "mixer_b16_224"
            })
    void theStateOfALargeOneIsTimms(String name) {
        assertStateIsTimms(name);
    }

    private static void assertStateIsTimms(String name) {
        List<String> stored = StoredReference.stateDict(name);
        try (Scope scope = Scope.open()) {
            ImageClassifier model = Catalogue.classifier(name, Map.of());
            assertThat(model.state().entrySet().stream().map(e -> line(e.getKey(), e.getValue())))
                    .containsExactlyElementsOf(stored.subList(1, stored.size()));
            assertThat(model.parameterCount()).isEqualTo(Long.parseLong(stored.get(0)));
        }
    }

    private static String line(String key, Tensor tensor) {
        List<String> shape =
                LongStream.of(tensor.shape()).mapToObj(Long::toString).toList();
        return key + " " + String.join("x", shape) + " float32";
    }

    @ParameterizedTest
    @CsvSource({
        "deit_tiny_patch16_224, 1000, 5717416", "deit_tiny_patch16_224, 100, 5543716",
        "swin_nano, 1000, 9599940", "swin_nano, 100, 9138240",
        "swin_pico, 1000, 5506996", "swin_pico, 100, 5160496",
        "resmlp_12_224, 1000, 15350872", "resmlp_12_224, 100, 15004372"
    })
    void countsItsParameters(String name, int classes, long parameters) {
        assertCount(name, classes, parameters);
    }

    @Tag("slow")
    @ParameterizedTest
    @CsvSource({
        "vit_small_patch16_224, 1000, 22050664", "vit_small_patch16_224, 100, 21704164",
        "vit_base_patch16_224, 1000, 86567656", "vit_base_patch16_224, 100, 85875556",
        "swin_tiny_patch4_window7_224, 1000, 28288354", "swin_tiny_patch4_window7_224, 100, 27596254",
        "swin_base_patch4_window7_224, 1000, 87768224", "deit_small_patch16_224, 1000, 22050664",
        "mixer_b16_224, 1000, 59880472", "mixer_b16_224, 100, 59188372"
    })
    void countsTheParametersOfALargeOne(String name, int classes, long parameters) {
        assertCount(name, classes, parameters);
    }

    private static void assertCount(String name, int classes, long parameters) {
        try (Scope scope = Scope.open()) {
            assertThat(Catalogue.classifier(name, Map.of("num_classes", classes))
                            .parameterCount())
                    .isEqualTo(parameters);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "vit, vit_small_patch16_224, 3",
        "deit, deit_tiny_patch16_224, 2",
        "mixer, mixer_b16_224, 2",
        "resmlp, resmlp_12_224, 2"
    })
    void blocksComputeWhatTimmComputes(String stored, String name, int depth) {
        StageEnds ends = new StageEnds(depth);
        List<String> taps = new ArrayList<>();
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < depth; i++) {
            taps.add("blocks." + i);
            expected.add("block." + i);
        }
        for (int stage = 1; stage <= 4; stage++) {
            taps.add("stage" + stage);
            expected.add("block." + ends.block(stage));
        }
        assertOutputs(stored, name, taps, expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"swin_window4", "swin_window7", "swin_padded"})
    void windowsComputeWhatTimmComputes(String stored) {
        assertOutputs(stored, "swin_pico", STAGES, List.of("feature.1", "feature.2", "feature.3", "feature.4"));
    }

    private static void assertOutputs(String stored, String name, List<String> taps, List<String> expected) {
        try (Scope scope = Scope.open();
                NoGrad noGrad = NoGrad.open()) {
            StoredReference reference = StoredReference.read(stored);
            ImageClassifier model = loaded(name, reference);
            List<String> asked = new ArrayList<>(taps);
            asked.add("features");
            Trace trace = Trace.of(asked);
            assertClose(model.forward(reference.get("input"), trace), reference.get("logits"));
            assertClose(trace.get("features"), reference.get("penultimate"));
            for (int i = 0; i < taps.size(); i++) {
                assertClose(trace.get(taps.get(i)), reference.get(expected.get(i)));
            }
            assertThat(model.featureWidth())
                    .isEqualTo((int) trace.get("features").size(1));
            assertThat(model.parameterCount())
                    .isEqualTo(reference.facts().get("parameters").asLong());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"swin_window4", "swin_padded", "swin_window7"})
    void swinIsTheSameFusedWrittenOutAndLearning(String stored) {
        try (Scope scope = Scope.open()) {
            StoredReference reference = StoredReference.read(stored);
            ImageClassifier model = loaded("swin_pico", reference);
            Trace trace = Trace.of("layers.0.blocks.1.attn.map", "layers.2.blocks.0.attn.map");
            assertClose(model.forward(reference.get("input"), trace), reference.get("logits"));
            Tensor map = trace.get("layers.0.blocks.1.attn.map");
            assertThat(map.sum(-1).sub(1).abs().max().item()).isCloseTo(0, within(1e-5));
            assertClose(model.forward(reference.get("input"), Trace.none()), reference.get("logits"));
        }
    }

    @Test
    void attentionMapsOfAVitHaveARowForEachTokenAndHead() {
        try (Scope scope = Scope.open();
                NoGrad noGrad = NoGrad.open()) {
            ImageClassifier model = Catalogue.classifier(
                    "deit_tiny_patch16_224",
                    Map.of("img_size", 32, "patch_size", 8, "embed_dim", 12, "num_heads", 3, "depth", 2));
            Trace trace = Trace.of("blocks.1.attn.map");
            model.forward(Tensor.randn(2, 3, 32, 32), trace);
            assertThat(trace.get("blocks.1.attn.map").shape()).containsExactly(2, 3, 17, 17);
            assertThat(model.prefixTokens()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "12, 1, 3, 9, 11",
        "24, 3, 7, 19, 23",
        "8, 0, 2, 6, 7",
        "6, 0, 1, 4, 5",
        "5, 0, 1, 3, 4",
        "4, 0, 1, 2, 3",
        "3, 0, 1, 2, 2",
        "2, 0, 0, 1, 1",
        "1, 0, 0, 0, 0"
    })
    void equalBlocksAreCutAsSwinTIs(int depth, int first, int second, int third, int fourth) {
        StageEnds ends = new StageEnds(depth);
        assertThat(IntStream.rangeClosed(1, 4).map(ends::block)).containsExactly(first, second, third, fourth);
    }

    @Test
    void fromFourBlocksOnAllStagesDiffer() {
        for (int depth = 4; depth < 60; depth++) {
            StageEnds ends = new StageEnds(depth);
            assertThat(IntStream.rangeClosed(1, 4).map(ends::block)).doesNotHaveDuplicates();
            assertThat(ends.block(4)).isEqualTo(depth - 1);
        }
    }

    @Test
    void joiningWindowsUndoesSplitting() {
        try (Scope scope = Scope.open()) {
            Tensor x = Tensor.arange(2L * 5 * 5 * 3).reshape(2, 5, 5, 3).to(DType.F32);
            for (Windows windows : List.of(new Windows(5, 2, 1), new Windows(5, 5, 0), new Windows(5, 3, 1))) {
                assertThat(windows.join(windows.split(x)).sub(x).abs().max().item())
                        .as(windows.toString())
                        .isZero();
            }
        }
    }

    @Test
    void aMaskPartsWhatWasNotNeighbouring() {
        // A row 0 1 2 3 rolled by one is 1 2 3 0: the second window of two holds 3 and 0, which were not neighbours.
        Tensor mask = new Windows(4, 2, 1).mask().orElseThrow();
        assertThat(mask.shape()).containsExactly(4, 1, 4, 4);
        assertThat(mask.select(0, 0).abs().sum().item()).isZero();
        assertThat(mask.select(0, 1).reshape(16).floats())
                .containsExactly(0, -100, 0, -100, -100, 0, -100, 0, 0, -100, 0, -100, -100, 0, -100, 0);
    }

    @Test
    void swinTakesGridsThatHalveOddly() {
        try (Scope scope = Scope.open()) {
            Map<String, Object> odd = new HashMap<>(small("swin_pico"));
            odd.put("img_size", 22);
            ImageClassifier model = Catalogue.classifier("swin_pico", odd);
            Trace trace = Trace.of(STAGES); // 11, 6, 3, 2
            Tensor logits = model.forward(Tensor.randn(2, 3, 22, 22), trace);
            assertThat(STAGES.stream().map(s -> trace.get(s).size(1))).containsExactly(121L, 36L, 9L, 4L);
            Ops.crossEntropy(logits, Tensor.of(new long[] {0, 2}), 0).backward();
            model.parameters().values().forEach(p -> assertThat(p.grad().isFinite())
                    .isTrue());
        }
    }

    /** A few small blocks on 16 px images. */
    private static Map<String, Object> small(String name) {
        if (name.startsWith("swin")) {
            return Map.of(
                    "img_size",
                    16,
                    "patch_size",
                    2,
                    "window_size",
                    2,
                    "embed_dim",
                    8,
                    "num_heads",
                    List.of(1, 1, 2, 2));
        }
        return name.startsWith("deit")
                ? Map.of("img_size", 16, "patch_size", 4, "embed_dim", 8, "depth", 4, "num_heads", 2)
                : Map.of("img_size", 16, "patch_size", 4, "embed_dim", 8, "num_blocks", 4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"resmlp_12_224", "mixer_b16_224"})
    void freshMixersAnswerZeroAndLearnTheirClassifierFirst(String name) {
        try (Scope scope = Scope.open()) {
            ImageClassifier model = Catalogue.classifier(
                    name, Map.of("img_size", 16, "patch_size", 8, "embed_dim", 8, "num_blocks", 4, "num_classes", 3));
            Tensor logits = model.forward(Tensor.randn(2, 3, 16, 16), Trace.none());
            assertThat(logits.abs().max().item()).isZero();
            Ops.crossEntropy(logits, Tensor.of(new long[] {0, 2}), 0).backward();
            assertThat(model.parameters().get("head.weight").grad().abs().max().item())
                    .isPositive();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"deit_tiny_patch16_224", "swin_pico", "resmlp_12_224", "mixer_b16_224"})
    void dropsPathsOnlyWhileTraining(String name) {
        try (Scope scope = Scope.open();
                NoGrad noGrad = NoGrad.open()) {
            Rng.seed(5);
            Map<String, Object> arguments = new HashMap<>(small(name));
            arguments.put("drop_path_rate", 0.9);
            ImageClassifier model = Catalogue.classifier(name, arguments);
            model.parameters().forEach((key, p) -> {
                if (key.contains("ls") || key.equals("head.weight")) { // what starts at zero or near it
                    p.normalInPlace(0, 1);
                }
            });
            Tensor images = Tensor.randn(4, 3, 16, 16);
            assertThat(differ(model, images)).isTrue();
            model.train(false);
            assertThat(differ(model, images)).isFalse();
        }
    }

    /** Do two passes over the same images give different logits? */
    private static boolean differ(ImageClassifier model, Tensor images) {
        Tensor first = model.forward(images, Trace.none());
        return model.forward(images, Trace.none()).sub(first).abs().max().item() > 1e-6;
    }

    @Test
    void masksGoWhereTheModelGoesButAreNotSaved() {
        try (Scope scope = Scope.open();
                NoGrad noGrad = NoGrad.open()) {
            StoredReference reference = StoredReference.read("swin_window4");
            ImageClassifier model = loaded("swin_pico", reference);
            assertThat(model.buffers()).isEmpty();
            model.to(DType.F64);
            Tensor logits = model.forward(reference.get("input").to(DType.F64), Trace.none());
            assertThat(logits.dtype()).isEqualTo(DType.F64);
            assertThat(logits.sub(reference.get("logits").to(DType.F64))
                            .abs()
                            .max()
                            .item())
                    .isCloseTo(0, within(2e-6));
        }
    }

    @Test
    void mistakesAreNamedAsTheUserTypedThem() {
        assertThatThrownBy(() -> Catalogue.classifier("vit_small_patch16_224", Map.of("img_size", 100)))
                .hasMessage("img_size 100 does not divide by patch_size 16");
        assertThatThrownBy(() -> Catalogue.classifier("swin_pico", Map.of("img_size", 16)))
                .hasMessageContaining("leaves a grid of 4x4; four stages need at least 8x8: take a smaller patch_size");
        assertThatThrownBy(() -> Catalogue.classifier("swin_pico", Map.of("depths", List.of(2, 2))))
                .hasMessageContaining("swin_pico.depths: expected 4 whole numbers");
        assertThatThrownBy(() -> Catalogue.classifier("swin_pico", Map.of("num_heads", List.of(5, 4, 8, 16))))
                .hasMessage("num_heads: a stage of width 48 does not divide by 5 heads");
        assertThatThrownBy(() -> Catalogue.classifier("mixer_b16_224", Map.of("mlp_ratio", List.of(1, 2, 3))))
                .hasMessage("mixer_b16_224.mlp_ratio: expected a number above 0 or a list of 2, got [1, 2, 3]");
        ImageClassifier model = Catalogue.classifier("swin_pico", Map.of("img_size", 32));
        assertThatThrownBy(() -> model.forward(Tensor.randn(1, 3, 64, 64), Trace.none()))
                .hasMessageContaining("the model takes images (N, 3, 32, 32), got")
                .hasMessageContaining("set img_size");
    }

    private static ImageClassifier loaded(String name, StoredReference reference) {
        ImageClassifier model = Catalogue.classifier(name, reference.arguments());
        reference.loadInto(model);
        model.train(false);
        return model;
    }

    private static void assertClose(Tensor found, Tensor expected) {
        assertThat(found.shape()).isEqualTo(expected.shape());
        assertThat(found.sub(expected).abs().max().item()).isCloseTo(0, within(CLOSE));
    }
}
