package dev.decant.model.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.decant.model.Catalogue;
import dev.decant.model.Inputs;
import dev.decant.nn.Trace;
import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Rng;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** By hand: one text of the tokens (1, 8) and (3, -2), and one of padding (100, 100). */
class PoolingTest {

    private static final Offset<Float> CLOSE = Offset.offset(1e-6f);

    @ParameterizedTest
    @CsvSource({
        "cls, 1, 8",
        "max, 3, 8",
        "mean, 2, 3",
        "mean-sqrt-length, 2.8284271, 4.2426407",
        "weighted-mean, 2.3333333, 1.3333333",
        "last, 3, -2"
    })
    void poolsTokensAndNoPadding(String word, float first, float second) {
        try (Scope scope = Scope.open()) {
            Tensor hidden = Tensor.of(new float[] {1, 8, 3, -2, 100, 100}, 1, 3, 2);
            Tensor mask = Tensor.of(new float[] {1, 1, 0}, 1, 3);
            float[] vector = Pooling.of(word).of(hidden, mask).floats();
            assertThat(vector[0]).isCloseTo(first, CLOSE);
            assertThat(vector[1]).isCloseTo(second, CLOSE);
        }
    }

    @Test
    void severalStandSideBySideInTheOrderOfSentenceTransformers() {
        try (Scope scope = Scope.open()) {
            Tensor hidden = Tensor.of(new float[] {1, 8, 3, -2}, 1, 2, 2);
            SentenceHead head = new SentenceHead(SentenceHead.poolings("mean+cls"), Optional.empty(), false, 0);
            Tensor vector = head.embed(hidden, Tensor.ones(1, 2), Optional.empty());
            assertThat(vector.floats()).containsExactly(1, 8, 2, 3);
            assertThat(head.pooling()).isEqualTo("cls+mean");
        }
    }

    @Test
    void anUnknownWordIsRefused() {
        assertThatThrownBy(() -> SentenceHead.poolings("average"))
                .hasMessage("pooling 'average' is not known; there are cls, max, mean, mean-sqrt-length, weighted-mean,"
                        + " last, and several joined by +");
    }

    @Test
    void anEncoderGivesHiddenStatesAndAVectorOfLengthOne() {
        try (Scope scope = Scope.open();
                NoGrad quiet = NoGrad.open()) {
            Rng.seed(1);
            Bert encoder =
                    encoder(Map.of("pooling", "mean", "normalize", true, "dense", 3, "dense_activation", "tanh"));
            encoder.train(false);
            Inputs.Text text = encoder.sample(2, 5);
            Trace trace = Trace.of(List.of("last_hidden_state", "embedding"));
            Tensor hidden = encoder.forward(text, trace);
            assertThat(hidden.shape()).containsExactly(2, 5, 8);
            assertThat(trace.get("last_hidden_state").floats()).isEqualTo(hidden.floats());
            assertThat(trace.get("embedding").shape()).containsExactly(2, 3);
            for (float length : trace.get("embedding").norm(1, false).floats()) {
                assertThat(length).isCloseTo(1, CLOSE);
            }
            assertThat(encoder.embed(text).floats())
                    .isEqualTo(trace.get("embedding").floats());
            assertThat(encoder.state().keySet())
                    .contains("dense.linear.weight")
                    .noneMatch(name -> name.contains("pooler"));
        }
    }

    @Test
    void withoutPoolingThereIsNoEmbedding() {
        try (Scope scope = Scope.open()) {
            Bert encoder = encoder(Map.of());
            assertThatThrownBy(() -> encoder.embed(encoder.sample(1, 4))).hasMessageContaining("embedding");
        }
    }

    @Test
    void otherHeadsHaveNoPooling() {
        Map<String, Object> sizes = new HashMap<>(sizes(Map.of("pooling", "mean")));
        sizes.put("head", "auto");
        assertThatThrownBy(() -> Catalogue.create("bert-base", sizes))
                .hasMessageContaining("bert-base has no argument 'pooling'");
    }

    @ParameterizedTest
    @CsvSource({"gelu_new", "relu"})
    void activationsAreThoseOfTransformers(String word) {
        try (Scope scope = Scope.open()) {
            float[] x = {-2, -0.5f, 0, 1, 3};
            float[] y = BertConfig.Activation.of(word).apply(Tensor.of(x, 5)).floats();
            double[] expected = Arrays.stream(new double[] {-2, -0.5, 0, 1, 3})
                    .map(v -> word.equals("relu")
                            ? Math.max(v, 0)
                            : v / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (v + 0.044715 * v * v * v))))
                    .toArray();
            for (int i = 0; i < x.length; i++) {
                assertThat(y[i]).isCloseTo((float) expected[i], CLOSE);
            }
        }
    }

    private static Bert encoder(Map<String, Object> more) {
        return (Bert) Catalogue.create("bert-base", sizes(more));
    }

    private static Map<String, Object> sizes(Map<String, Object> more) {
        Map<String, Object> sizes = new HashMap<>(Map.of(
                "hidden_size", 8,
                "num_hidden_layers", 1,
                "num_attention_heads", 2,
                "intermediate_size", 12,
                "vocab_size", 20,
                "max_position_embeddings", 16,
                "head", "encoder"));
        sizes.putAll(more);
        return sizes;
    }
}
