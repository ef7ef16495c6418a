package dev.decant.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.decant.nn.Trace;
import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Ops;
import dev.decant.tensor.Rng;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for every name of the catalogue; a new entry is tested by being listed. */
class CatalogueTest {

    private static final int CLASSES = 5;
    private static final List<String> STAGES = List.of("stage1", "stage2", "stage3", "stage4");

    /** Arguments that make a family small, by the start of its names. A family that is not here is tested at full size. */
    private static final Map<String, Map<String, Object>> SMALL = Map.ofEntries(
            Map.entry("resnet18", Map.of("channels", List.of(8, 8, 16, 16))),
            Map.entry("resnet34", Map.of("channels", List.of(8, 8, 16, 16), "layers", List.of(1, 2, 2, 1))),
            Map.entry("resnet50", Map.of("channels", List.of(4, 4, 8, 8), "layers", List.of(1, 2, 1, 1))),
            Map.entry("resnet101", Map.of("channels", List.of(4, 4, 8, 8), "layers", List.of(1, 1, 2, 1))),
            Map.entry("resnet20_cifar", Map.of("blocks", 2, "channels", List.of(4, 8, 8))),
            Map.entry("mobilenet", Map.of("channel_multiplier", 0.1)),
            Map.entry("convnext", Map.of("depths", List.of(1, 1, 2, 1), "dims", List.of(8, 8, 16, 16))),
            Map.entry("vit", Map.of("patch_size", 8, "embed_dim", 16, "depth", 4, "num_heads", 2)),
            Map.entry("deit", Map.of("patch_size", 8, "embed_dim", 16, "depth", 4, "num_heads", 2)),
            Map.entry(
                    "swin",
                    Map.of(
                            "window_size",
                            4,
                            "embed_dim",
                            8,
                            "depths",
                            List.of(2, 2, 1, 1),
                            "num_heads",
                            List.of(1, 1, 2, 2))),
            Map.entry("mixer", Map.of("patch_size", 8, "embed_dim", 16, "num_blocks", 4)),
            Map.entry("resmlp", Map.of("patch_size", 8, "embed_dim", 16, "num_blocks", 4)));

    static List<String> names() {
        return Catalogue.classifiers();
    }

    @ParameterizedTest
    @MethodSource("names")
    void learnsAndOffersItsTaps(String name) {
        try (Scope scope = Scope.open()) {
            ImageClassifier model = small(name);
            assertLearns(model);
            assertOffers(model);
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void isTheSameFromTheSameSeedAndItsConfig(String name) {
        try (Scope scope = Scope.open();
                NoGrad noGrad = NoGrad.open()) {
            Rng.seed(7);
            ImageClassifier first = small(name);
            Rng.seed(7);
            ImageClassifier again = Catalogue.classifier(name, first.config().args());
            assertThat(again.config()).isEqualTo(first.config());
            first.state().forEach((key, tensor) -> assertThat(
                            again.state().get(key).sub(tensor).abs().max().item())
                    .as(key)
                    .isZero());
        }
    }

    @Tag("slow")
    @ParameterizedTest
    @MethodSource("names")
    void isOfferedAtFullSize(String name) {
        try (Scope scope = Scope.open()) {
            assertLearns(Catalogue.classifier(name, Map.of("num_classes", CLASSES)));
        }
    }

    @Test
    void anUnknownNameListsTheKnownOnes() {
        assertThatThrownBy(() -> Catalogue.classifier("resnet19", Map.of()))
                .hasMessageStartingWith("no model 'resnet19'; the catalogue has ")
                .hasMessageContaining("resnet18, resnet34");
    }

    private static void assertLearns(ImageClassifier model) {
        Tensor logits = model.forward(images(model), Trace.none());
        assertThat(logits.shape()).containsExactly(2, CLASSES);
        Ops.crossEntropy(logits, Tensor.of(new long[] {0, 3}), 0).backward();
        model.parameters().forEach((key, parameter) -> {
            assertThat(parameter.hasGrad()).as(key).isTrue();
            assertThat(parameter.grad().isFinite()).as(key).isTrue();
        });
    }

    /** The names every classifier has, with the shapes they promise, and the output of each numbered block. */
    private static void assertOffers(ImageClassifier model) {
        Trace trace = Trace.of("stage1", "stage2", "stage3", "stage4", "features", "logits");
        model.forward(images(model), trace);
        int rank = trace.get("stage1").rank();
        assertThat(rank).isIn(3, 4);
        for (String stage : STAGES) {
            assertThat(trace.get(stage).rank()).as(stage).isEqualTo(rank);
            assertThat(trace.get(stage).size(0)).as(stage).isEqualTo(2);
        }
        assertThat(trace.get("features").shape()).containsExactly(2, model.featureWidth());
        assertThat(trace.get("logits").shape()).containsExactly(2, model.classes());
        assertThat(trace.offered()).anyMatch(tap -> tap.matches(".*\\.\\d+"));
        assertThat(trace.offered())
                .filteredOn(tap -> tap.matches(".*\\.\\d+"))
                .allMatch(tap -> model.state().keySet().stream().anyMatch(key -> key.startsWith(tap + ".")));
    }

    private static Tensor images(ImageClassifier model) {
        int size = model.imageInput().size();
        return Tensor.randn(2, 3, size, size);
    }

    private static ImageClassifier small(String name) {
        Map<String, Object> arguments = new HashMap<>(Map.of("num_classes", CLASSES, "img_size", 32));
        SMALL.forEach((start, family) -> {
            if (name.startsWith(start)) {
                arguments.putAll(family);
            }
        });
        return Catalogue.classifier(name, arguments);
    }
}
