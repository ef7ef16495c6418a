package dev.decant.prune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.decant.model.Catalogue;
import dev.decant.model.Inputs;
import dev.decant.model.Network;
import dev.decant.nn.GateSlot;
import dev.decant.nn.Trace;
import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Rng;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class ExtractionTest {

    /** Sums of products differ in their last digits with the order of their terms, by more in larger numbers. */
    private static final Comparator<Float> RELATIVE = (a, b) ->
            Math.abs(a - b) <= 1e-5f * Math.max(1, Math.max(Math.abs(a), Math.abs(b))) ? 0 : Float.compare(a, b);

    /** One of each kind of layer that has gates, small. */
    static Stream<Arguments> networks() {
        Map<String, Object> images = Map.of("img_size", 32, "num_classes", 5);
        return Stream.of(
                of(
                        "vit_small_patch16_224",
                        images,
                        Map.of("patch_size", 8, "embed_dim", 24, "depth", 2, "num_heads", 3)),
                of(
                        "swin_pico",
                        images,
                        Map.of("patch_size", 2, "embed_dim", 8, "num_heads", List.of(2, 2, 4, 4), "window_size", 4)),
                of("mixer_b16_224", images, Map.of("patch_size", 8, "embed_dim", 16, "num_blocks", 2)),
                of("convnext_tiny", images, Map.of("depths", List.of(1, 1, 1, 1), "dims", List.of(8, 8, 16, 16))),
                of("resnet18", images, Map.of("channels", List.of(8, 8, 16, 16), "stem", "small")),
                of("resnet50", images, Map.of("channels", List.of(4, 4, 8, 8), "layers", List.of(1, 1, 1, 1))),
                of("resnet20_cifar", images, Map.of("blocks", 1, "channels", List.of(4, 8, 8))),
                of("mobilenetv2_100", images, Map.of("channel_multiplier", .25)),
                of(
                        "bert-base",
                        Map.of("num_classes", 3),
                        Map.of(
                                "vocab_size",
                                50,
                                "hidden_size",
                                24,
                                "num_hidden_layers",
                                2,
                                "num_attention_heads",
                                3,
                                "intermediate_size",
                                40,
                                "max_position_embeddings",
                                16)),
                xvlm("pretrain"),
                xvlm("nlvr"),
                xvlm("vqa"),
                xvlm("caption"));
    }

    private static Arguments xvlm(String task) {
        Map<String, Object> images = Map.of("image_res", 16, "patch_size", 8, "vision_width", 12, "vision_heads", 3);
        Map<String, Object> texts = Map.of(
                "task", task,
                "share_keys", false,
                "hidden_size", 12,
                "heads", 3,
                "intermediate_size", 24,
                "vocab_size", 30,
                "embed_dim", 8,
                "max_position_embeddings", 10);
        return of("xvlm-small", images, texts);
    }

    private static Arguments of(String name, Map<String, Object> some, Map<String, Object> more) {
        Map<String, Object> all = new LinkedHashMap<>(some);
        all.putAll(more);
        return Arguments.of(name, all);
    }

    @ParameterizedTest
    @MethodSource("networks")
    void theExtractedNetworkIsTheMaskedOneAndRebuildsFromItsConfig(String name, Map<String, Object> arguments) {
        Rng.seed(5);
        Network network = Catalogue.create(name, arguments);
        liven(network);
        long before = network.parameterCount();
        Inputs inputs = network.sample(2);
        float[] open = logits(network, inputs);
        Gates.attach(network, new Gates.Start(0, 0, 1));
        spread(network);
        float[] masked = logits(network, inputs);
        Map<String, long[]> kept = Extraction.kept(network);
        long gone = gone(network, kept);

        Extraction.extract(network);

        assertThat(kept).isNotEmpty();
        assertThat(masked).isNotEqualTo(open);
        assertThat(logits(network, inputs)).usingElementComparator(RELATIVE).containsExactly(masked);
        assertThat(network.gates().values()).noneMatch(GateSlot::isFilled);
        assertThat(network.parameterCount()).isLessThanOrEqualTo(before - gone * 9 / 10);

        Network rebuilt = Catalogue.create(
                network.config().architecture(), network.config().args());
        assertThat(rebuilt.config()).isEqualTo(network.config());
        assertThat(rebuilt.state().keySet()).isEqualTo(network.state().keySet());
        try (NoGrad quiet = NoGrad.open()) {
            network.state().forEach((key, t) -> rebuilt.state().get(key).copyFrom(t));
        }
        assertThat(logits(rebuilt, inputs)).containsExactly(logits(network, inputs));
    }

    @ParameterizedTest
    @MethodSource("networks")
    void withEveryGateOpenNothingChanges(String name, Map<String, Object> arguments) {
        Rng.seed(5);
        Network network = Catalogue.create(name, arguments);
        liven(network);
        Inputs inputs = network.sample(2);
        float[] open = logits(network, inputs);
        Gates.attach(network, new Gates.Start(10, 10, 1));
        assertThat(logits(network, inputs)).usingElementComparator(RELATIVE).containsExactly(open);
        Extraction.extract(network);
        assertThat(logits(network, inputs)).containsExactly(open);
        assertThat(network.config().args()).doesNotContainKey(Network.PRUNED);
    }

    @Test
    void aSmallerNetworkStillTrainsAndCanBePrunedAgain() {
        Network vit = Catalogue.create("vit_small_patch16_224", vit());
        vit.keep(Map.of("blocks.0.attn.heads", new long[] {0, 2}, "blocks.1.mlp.neurons", new long[] {5, 9, 40}));
        vit.train(true);
        vit.forward(vit.sample(2), Trace.none()).square().sum().backward();
        vit.parameters()
                .forEach((key, p) -> assertThat(p.grad().shape()).as(key).isEqualTo(p.shape()));

        vit.keep(Map.of("blocks.0.attn.heads", new long[] {1}));
        assertThat(vit.config().args().get(Network.PRUNED))
                .isEqualTo(Map.of("blocks.0.attn.heads", 1, "blocks.1.mlp.neurons", 3));
        assertThat(vit.gates().get("blocks.0.attn.heads").units()).isEqualTo(1);
    }

    @Test
    void whatIsNotThereIsRefused() {
        Network vit = Catalogue.create("vit_small_patch16_224", vit());
        assertThatThrownBy(() -> vit.keep(Map.of("blocks.7.attn.heads", new long[] {0})))
                .hasMessageStartingWith(
                        "vit_small_patch16_224 has no gate 'blocks.7.attn.heads'; it has blocks.0.attn.heads,");
        assertThatThrownBy(() -> vit.keep(Map.of("blocks.0.attn.heads", new long[] {3})))
                .hasMessage("cannot keep [3] of 3 units: expected at least one, ascending, from 0 to 2");
        assertThatThrownBy(() -> vit.keep(Map.of("blocks.0.attn.heads", new long[0])))
                .hasMessageContaining("at least one");
        Map<String, Object> arguments = new LinkedHashMap<>(vit());
        arguments.put("pruned", Map.of("blocks.0.attn.heads", 4));
        assertThatThrownBy(() -> Catalogue.create("vit_small_patch16_224", arguments))
                .hasMessage("vit_small_patch16_224.pruned.blocks.0.attn.heads: expected 1 to 3 units, got 4");
    }

    private static Map<String, Object> vit() {
        return Map.of("img_size", 32, "num_classes", 5, "patch_size", 8, "embed_dim", 24, "depth", 2, "num_heads", 3);
    }

    /** Classifiers and branches that start at zero would hide everything. */
    private static void liven(Network network) {
        try (NoGrad quiet = NoGrad.open()) {
            network.state().forEach((key, t) -> {
                if (t.dtype().isFloating() && !key.endsWith("running_var")) {
                    t.addInPlace(Tensor.randn(t.shape()), .1);
                }
            });
        }
    }

    /** Gates between open and closed. */
    private static void spread(Network network) {
        try (NoGrad quiet = NoGrad.open()) {
            network.gates().values().forEach(slot -> {
                Tensor a = slot.gate().orElseThrow().parameters().get("log_alpha");
                a.copyFrom(Tensor.randn(a.elements()).mul(3).sub(1));
            });
        }
    }

    private static long gone(Network network, Map<String, long[]> kept) {
        return network.gates().entrySet().stream()
                .mapToLong(e -> e.getValue().parametersPerUnit() * (e.getValue().units() - kept.get(e.getKey()).length))
                .sum();
    }

    private static float[] logits(Network network, Inputs inputs) {
        network.train(false);
        try (Scope scope = Scope.open();
                NoGrad quiet = NoGrad.open()) {
            return network.forward(inputs, Trace.none()).floats();
        }
    }
}
