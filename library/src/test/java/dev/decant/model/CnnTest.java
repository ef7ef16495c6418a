package dev.decant.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.decant.nn.Trace;
import dev.decant.tensor.DType;
import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Rng;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Convolutional networks against timm: names, shapes and order of the state, counts, and the numbers they compute. */
class CnnTest {

    private static final double CLOSE = 1e-4;

    @ParameterizedTest
    @ValueSource(strings = {"resnet18", "resnet50", "mobilenetv1_100", "mobilenetv2_100", "convnext_tiny"})
    void theStateIsTimms(String name) {
        assertStateIsTimms(name);
    }

    @Tag("slow")
    @ParameterizedTest
    @ValueSource(strings = {"resnet34", "resnet101", "convnext_base"})
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
        String shape = String.join(
                "x", LongStream.of(tensor.shape()).mapToObj(Long::toString).toList());
        return key + " " + (shape.isEmpty() ? "-" : shape) + " " + (tensor.dtype() == DType.I64 ? "int64" : "float32");
    }

    @ParameterizedTest
    @CsvSource({
        "resnet18, 1000, 11689512", "resnet18, 100, 11227812",
        "mobilenetv2_100, 1000, 3504872", "mobilenetv2_100, 100, 2351972",
        "mobilenetv1_100, 1000, 4231976", "mobilenetv1_100, 100, 3309476",
        "resnet20_cifar, 10, 269722", "resnet32_cifar, 10, 464154",
        "resnet44_cifar, 10, 658586", "resnet56_cifar, 10, 853018"
    })
    void countsItsParameters(String name, int classes, long parameters) {
        assertCount(name, classes, parameters);
    }

    @Tag("slow")
    @ParameterizedTest
    @CsvSource({
        "resnet34, 1000, 21797672", "resnet50, 1000, 25557032",
        "resnet50, 100, 23712932", "resnet101, 1000, 44549160",
        "convnext_tiny, 1000, 28589128", "convnext_tiny, 100, 27897028",
        "convnext_base, 1000, 88591464"
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
        "resnet_basic, resnet18", "resnet_bottleneck, resnet50",
        "mobilenetv1, mobilenetv1_100", "mobilenetv2, mobilenetv2_100",
        "convnext, convnext_tiny"
    })
    void computesWhatTimmComputes(String stored, String name) {
        assertOutputs(stored, name, List.of("stage1", "stage2", "stage3", "stage4"));
    }

    @Test
    void theCifarResNetHasItsStemForFirstStage() {
        assertOutputs("resnet_cifar", "resnet20_cifar", List.of("stage2", "stage3", "stage4"));
    }

    private static void assertOutputs(String stored, String name, List<String> stages) {
        try (Scope scope = Scope.open();
                NoGrad noGrad = NoGrad.open()) {
            StoredReference reference = StoredReference.read(stored);
            ImageClassifier model = loaded(name, reference);
            Trace trace = Trace.of("stage1", "stage2", "stage3", "stage4", "features", "logits");
            assertClose(model.forward(reference.get("input"), trace), reference.get("logits"));
            assertClose(trace.get("logits"), reference.get("logits"));
            assertClose(trace.get("features"), reference.get("penultimate"));
            for (int i = 0; i < stages.size(); i++) {
                assertClose(trace.get(stages.get(i)), reference.get("feature." + (i + 1)));
            }
            assertThat(model.featureWidth())
                    .isEqualTo((int) trace.get("features").size(1));
            assertThat(model.parameterCount())
                    .isEqualTo(reference.facts().get("parameters").asLong());
        }
    }

    @Test
    void trainsOnTheStatisticsOfTheBatch() {
        try (Scope scope = Scope.open();
                NoGrad noGrad = NoGrad.open()) {
            StoredReference reference = StoredReference.read("resnet_basic");
            ImageClassifier model = loaded("resnet18", reference);
            model.train(true);
            double batches = reference.get("bn1.num_batches_tracked").item();
            assertClose(model.forward(reference.get("input"), Trace.none()), reference.get("train.logits"));
            for (String average : List.of("bn1.running_mean", "bn1.running_var")) {
                assertClose(model.state().get(average), reference.get("train." + average));
            }
            assertThat(model.state().get("bn1.num_batches_tracked").item()).isEqualTo(batches + 1);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "resnet_basic, resnet18",
        "resnet_cifar, resnet20_cifar",
        "mobilenetv2, mobilenetv2_100",
        "convnext, convnext_tiny"
    })
    void channelsLastChangesNothing(String stored, String name) {
        try (Scope scope = Scope.open();
                NoGrad noGrad = NoGrad.open()) {
            StoredReference reference = StoredReference.read(stored);
            ImageClassifier model = loaded(name, reference);
            model.channelsLast();
            assertClose(model.forward(reference.get("input").channelsLast(), Trace.none()), reference.get("logits"));
        }
    }

    @Test
    void smallImagesKeepTheirResolutionWhereAsked() {
        assertStageSizes("resnet18", Map.of("stem", "small", "channels", List.of(8, 8, 8, 8)), 32, 16, 8, 4);
        assertStageSizes(
                "mobilenetv2_100",
                Map.of("stem_stride", 1, "strides", List.of(1, 1, 2, 2, 1, 2, 1), "channel_multiplier", 0.1),
                32,
                16,
                8,
                4);
        assertStageSizes(
                "mobilenetv1_100",
                Map.of("stem_stride", 1, "strides", List.of(1, 1, 2, 2, 2), "channel_multiplier", 0.1),
                32,
                16,
                8,
                4);
        assertStageSizes(
                "convnext_tiny",
                Map.of("patch_size", 2, "depths", List.of(1, 1, 1, 1), "dims", List.of(8, 8, 8, 8)),
                16,
                8,
                4,
                2);
        assertStageSizes("resnet20_cifar", Map.of(), 32, 32, 16, 8);
    }

    private static void assertStageSizes(String name, Map<String, Object> arguments, long... sizes) {
        try (Scope scope = Scope.open();
                NoGrad noGrad = NoGrad.open()) {
            Trace trace = Trace.of("stage1", "stage2", "stage3", "stage4");
            Catalogue.classifier(name, arguments).forward(Tensor.randn(2, 3, 32, 32), trace);
            assertThat(IntStream.rangeClosed(1, 4)
                            .mapToLong(s -> trace.get("stage" + s).size(3)))
                    .as(name)
                    .containsExactly(LongStream.of(sizes).boxed().toArray(Long[]::new));
        }
    }

    @Test
    void aFreshResNetBlockPassesItsInputOn() {
        try (Scope scope = Scope.open();
                NoGrad noGrad = NoGrad.open()) {
            Trace trace = Trace.of("layer1.0", "layer1.1");
            Catalogue.classifier("resnet18", Map.of("channels", List.of(8, 8, 8, 8)))
                    .forward(Tensor.randn(2, 3, 32, 32), trace);
            assertClose(trace.get("layer1.1"), trace.get("layer1.0"));
        }
    }

    @ParameterizedTest
    @CsvSource({"resnet_basic, resnet18", "mobilenetv2, mobilenetv2_100", "convnext, convnext_tiny"})
    void dropsPathsOnlyWhileTraining(String stored, String name) {
        try (Scope scope = Scope.open();
                NoGrad noGrad = NoGrad.open()) {
            Rng.seed(5);
            StoredReference reference = StoredReference.read(stored);
            Map<String, Object> arguments = reference.arguments();
            arguments.put("drop_path_rate", 0.9);
            ImageClassifier model = Catalogue.classifier(name, arguments);
            reference.loadInto(model); // random weights: no branch is silent
            Tensor images = Tensor.randn(4, 3, 32, 32);
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
    void mistakesAreNamedAsTheUserTypedThem() {
        assertThatThrownBy(() -> Catalogue.classifier("resnet18", Map.of("layers", List.of(2, 2))))
                .hasMessage("resnet18.layers: expected 4 whole numbers, one per stage, got [2, 2]");
        assertThatThrownBy(() -> Catalogue.classifier("resnet18", Map.of("stem", "tiny")))
                .hasMessage("resnet18.stem: expected large or small, got tiny");
        assertThatThrownBy(() -> Catalogue.classifier("mobilenetv2_100", Map.of("channel-multiplier", 0)))
                .hasMessage("mobilenetv2_100.channel_multiplier: expected a number above 0, got 0.0");
        assertThatThrownBy(() -> Catalogue.classifier("convnext_tiny", Map.of("drop_path_rate", 1)))
                .hasMessage("convnext_tiny.drop_path_rate: expected a number from 0 to below 1, got 1.0");
        assertThatThrownBy(() -> Catalogue.classifier("resnet20_cifar", Map.of("channels", List.of(16, 31, 64))))
                .hasMessageContaining("channels [16, 31, 64]: each must be the one before plus an even number");
        assertThatThrownBy(() -> Catalogue.classifier("resnet20_cifar", Map.of("depht", 3)))
                .hasMessage(
                        "resnet20_cifar has no argument 'depht'; it takes blocks, channels, img_size, num_classes, pruned");
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
