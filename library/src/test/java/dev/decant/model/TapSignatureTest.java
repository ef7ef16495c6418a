package dev.decant.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.decant.tensor.Device;
import dev.decant.tensor.Rng;
import dev.decant.tensor.Scope;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TapSignatureTest {

    private static Network bert(Map<String, Object> more) {
        Map<String, Object> args = new java.util.HashMap<>(more);
        args.putAll(Map.of("num_hidden_layers", 2, "hidden_size", 8, "num_attention_heads", 2));
        args.putAll(Map.of("intermediate_size", 12, "vocab_size", 30));
        return Catalogue.create("bert-base", args);
    }

    private static Network xvlm(String task) {
        Map<String, Object> args = new java.util.HashMap<>(
                Map.of("image_res", 16, "patch_size", 8, "vision_width", 8, "vision_heads", 2, "hidden_size", 8));
        args.putAll(Map.of("heads", 2, "intermediate_size", 12, "vocab_size", 30, "embed_dim", 4, "task", task));
        return Catalogue.create("xvlm-small", args);
    }

    private static String shape(TapSignature signature, String tap) {
        return signature.shape(tap).orElseThrow().toString();
    }

    @Test
    void batchAndLengthAreSymbols() {
        try (Scope scope = Scope.open()) {
            TapSignature signature = bert(Map.of("num_classes", 3)).signature();
            assertThat(shape(signature, "logits")).isEqualTo("(N, 3)");
            assertThat(shape(signature, "features")).isEqualTo("(N, 8)");
            assertThat(shape(signature, "embeddings")).isEqualTo("(N, S, 8)");
            assertThat(shape(signature, "encoder.layer.1.attention.map")).isEqualTo("(N, 2, S, S)");
            assertThat(signature.shape("logits").orElseThrow().fixed(0)).isEmpty();
            assertThat(signature.shape("logits").orElseThrow().fixed(-1)).contains(3L);
            assertThat(signature.isLanguageModel()).isFalse();
            TapSignature language = bert(Map.of("head", "mlm")).signature();
            assertThat(language.isLanguageModel()).isTrue();
            assertThat(language.has("features")).isFalse();
            assertThat(shape(language, "logits")).isEqualTo("(N, S, 30)");
            assertThat(shape(language, "text_of")).isEqualTo("(N S)");
        }
    }

    @Test
    void imagesAndTexts() {
        try (Scope scope = Scope.open()) {
            TapSignature signature = xvlm("pretrain").signature();
            assertThat(shape(signature, "similarity")).isEqualTo("(N, N)");
            assertThat(shape(signature, "match")).isEqualTo("(3 N, 2)");
            assertThat(shape(signature, "words")).isEqualTo("(8 N, 30)");
            assertThat(shape(signature, "hidden_words")).isEqualTo("(8 N)");
            assertThat(shape(signature, "boxes")).isEqualTo("(N, 4)");
            assertThatThrownBy(signature::stack)
                    .hasMessage(
                            "xvlm-small has several stacks of layers: vision, text, cross, negatives, masked; name one"
                                    + " of these parts");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"pretrain", "retrieval", "assign", "nlvr", "vqa", "caption", "grounding"})
    void everyTapOfAStackIsThere(String task) {
        try (Scope scope = Scope.open()) {
            TapSignature signature = xvlm(task).signature();
            signature.stacks().forEach((part, stack) -> {
                assertThat(signature.taps()).as(part).containsKey(stack.embeddings());
                stack.mask()
                        .ifPresent(mask -> assertThat(shape(signature, mask)).endsWith("N, S)"));
                stack.layers()
                        .forEach(layer -> assertThat(signature.taps()).as(part).containsKeys(taps(layer)));
            });
        }
    }

    private static String[] taps(LayerTaps l) {
        Stream<String> own = Stream.of(
                l.scores(),
                l.map(),
                l.context(),
                l.selfOutput(),
                l.attentionOutput(),
                l.output(),
                l.query(),
                l.key(),
                l.value(),
                l.outputWeight());
        return Stream.concat(own, l.crossAttention().stream().flatMap(c -> Stream.of(l.crossMap(), l.crossScores())))
                .toArray(String[]::new);
    }

    @Test
    void unitsThatAreTakenAwayChangeIt() {
        try (Scope scope = Scope.open()) {
            Network network = bert(Map.of("num_classes", 3));
            TapSignature whole = network.signature();
            assertThat(network.signature()).isSameAs(whole);
            String heads = network.gates().keySet().stream()
                    .filter(path -> path.endsWith("heads"))
                    .findFirst()
                    .orElseThrow();
            network.keep(Map.of(heads, new long[] {1}));
            assertThat(shape(whole, "encoder.layer.0.attention.query")).isEqualTo("(N, 2, S, 4)");
            assertThat(shape(network.signature(), "encoder.layer.0.attention.query"))
                    .isEqualTo("(N, 1, S, 4)");
        }
    }

    @Test
    void askingLeavesNetworkAndGeneratorAsTheyWere() {
        try (Scope scope = Scope.open()) {
            Network network = Catalogue.create(
                    "resnet20_cifar",
                    Map.of("num_classes", 3, "img_size", 16, "blocks", 1, "channels", List.of(4, 4, 8)));
            network.train(true);
            byte[] before = Rng.state(Device.CPU);
            TapSignature signature = network.signature();
            assertThat(Rng.state(Device.CPU)).isEqualTo(before);
            assertThat(network.isTraining()).isTrue();
            assertThat(network.state().entrySet())
                    .filteredOn(e -> e.getKey().endsWith("running_mean"))
                    .isNotEmpty()
                    .allMatch(e -> e.getValue().abs().sum().item() == 0);
            assertThat(shape(signature, "stage1")).isEqualTo("(N, 4, 16, 16)");
            assertThatThrownBy(signature::stack).hasMessage("resnet20_cifar is not a stack of transformer layers");
        }
    }
}
