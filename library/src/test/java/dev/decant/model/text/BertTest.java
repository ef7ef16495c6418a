package dev.decant.model.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.decant.model.Catalogue;
import dev.decant.model.Inputs;
import dev.decant.model.LayerTaps;
import dev.decant.model.Network;
import dev.decant.model.StoredReference;
import dev.decant.nn.Trace;
import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import dev.decant.weights.KeyMap;
import dev.decant.weights.StoredTensor;
import dev.decant.weights.StoredWeights;
import dev.decant.weights.Strictness;
import dev.decant.weights.Weights;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against what transformers computes, as {@code reference/bert_models.py} stored it. */
class BertTest {

    private static final double CLOSE = 2e-5;

    @ParameterizedTest
    @CsvSource({
        "bert, bert-base, 0, auto",
        "bert_classifier, bert-base, 3, auto",
        "bert_mlm, bert-base, 0, mlm",
        "roberta_classifier, roberta-base, 3, auto",
        "roberta_mlm, roberta-base, 0, mlm",
        "electra_classifier, electra-small, 3, auto"
    })
    void computesWhatTransformersComputes(String stored, String name, int classes, String head) {
        try (Scope scope = Scope.open();
                NoGrad quiet = NoGrad.open()) {
            StoredReference reference = StoredReference.read("bert", stored);
            Bert model = model(reference, name, classes, head);
            load(model, reference);
            model.train(false);
            assertThat(model.parameterCount())
                    .isEqualTo(reference.facts().get("parameters").asLong());
            Inputs.Text text = new Inputs.Text(
                    reference.get("input.ids"), reference.get("input.types"), reference.get("input.mask"));
            List<LayerTaps> layers = model.signature().stack().layers();
            List<String> wanted =
                    new ArrayList<>(List.of("logits", model.signature().stack().embeddings()));
            layers.forEach(l -> wanted.addAll(List.of(l.output(), l.map())));
            Trace trace = Trace.of(wanted);

            Tensor fused = model.forward(text, Trace.none());
            Tensor logits = model.forward(text, trace);

            assertClose(logits, reference.get("logits"));
            assertClose(fused, reference.get("logits"));
            assertClose(trace.get(model.signature().stack().embeddings()), reference.get("hidden.0"));
            for (int i = 0; i < layers.size(); i++) {
                assertClose(trace.get(layers.get(i).output()), reference.get("hidden." + (i + 1)));
                assertClose(trace.get(layers.get(i).map()), reference.get("map." + i));
            }
        }
    }

    @Test
    void everyTapOfALayerIsOffered() {
        Bert model = (Bert) Catalogue.create("bert-base", tiny());
        List<String> taps = new ArrayList<>();
        model.signature()
                .stack()
                .layers()
                .forEach(l -> taps.addAll(List.of(
                        l.scores(),
                        l.map(),
                        l.context(),
                        l.selfOutput(),
                        l.attentionOutput(),
                        l.output(),
                        l.query(),
                        l.key(),
                        l.value())));
        Trace trace = Trace.of(taps);
        model.forward(model.sample(2, 5), trace);
        assertThat(trace.offered()).containsAll(taps);
        assertThat(trace.get(model.signature().stack().layers().get(1).query()).shape())
                .containsExactly(2, 2, 5, 4);
        assertThat(trace.get(model.signature().stack().layers().get(1).selfOutput())
                        .shape())
                .containsExactly(2, 5, 8);
    }

    @Test
    void slotsAreWhereThePaperQuantizes() {
        Network model = Catalogue.create("bert-base", tiny());
        String layer = "bert.encoder.layer.0.";
        assertThat(model.slots().keySet())
                .contains(
                        "bert.embeddings.word_embeddings.weight",
                        layer + "attention.self.query.weight",
                        layer + "attention.self.query.input",
                        layer + "attention.self.query",
                        layer + "attention.self.probabilities",
                        layer + "attention.output.dense.weight",
                        layer + "intermediate.dense.input",
                        layer + "output.dense.weight",
                        "bert.pooler.dense.weight");
        assertThat(model.gates().get(layer + "attention.self.heads").parametersPerUnit())
                .isEqualTo((4 * 64 + 32) / 2);
        assertThat(model.gates().get(layer + "intermediate.neurons").units()).isEqualTo(12);
    }

    @Test
    void tooLongATextIsSaidSo() {
        Bert model = (Bert) Catalogue.create("bert-base", tiny());
        assertThatThrownBy(() -> model.forward(model.sample(1, 17), Trace.none()))
                .hasMessage("text of 17 tokens; the model has 16 positions");
        assertThatThrownBy(() -> model.forward(new Inputs.Images(Tensor.zeros(1, 3, 8, 8)), Trace.none()))
                .hasMessage("bert-base takes text, not images");
    }

    @Tag("slow")
    @ParameterizedTest
    @CsvSource({"bert-base, 109482240", "bert-large, 335141888"})
    void hasAsManyParametersAsPublished(String name, long parameters) {
        try (Scope scope = Scope.open()) {
            assertThat(Catalogue.create(name, Map.of()).parameterCount()).isEqualTo(parameters);
        }
    }

    private static Map<String, Object> tiny() {
        return Map.of(
                "hidden_size", 8,
                "num_hidden_layers", 2,
                "num_attention_heads", 2,
                "intermediate_size", 12,
                "vocab_size", 20,
                "max_position_embeddings", 16);
    }

    private static Bert model(StoredReference reference, String name, int classes, String head) {
        Map<String, Object> args = new LinkedHashMap<>();
        ObjectMapper json = new ObjectMapper();
        reference
                .facts()
                .get("config")
                .properties()
                .forEach(e -> args.put(e.getKey(), json.convertValue(e.getValue(), Object.class)));
        args.put("num_classes", classes);
        args.put("head", head);
        return (Bert) Catalogue.create(name, args);
    }

    /** The bare encoder is stored without the name in front. */
    private static void load(Bert model, StoredReference reference) {
        Map<String, StoredTensor> weights =
                new LinkedHashMap<>(reference.stored().tensors());
        weights.keySet().removeIf(k -> k.matches("logits|(input|hidden|map)\\..*"));
        boolean bare = weights.containsKey("embeddings.word_embeddings.weight");
        KeyMap names = key -> Optional.of(bare ? "bert." + key : key);
        Weights.load(
                model, new StoredWeights(reference.stored().source(), weights, Map.of()), names, Strictness.STRICT);
    }

    private static void assertClose(Tensor found, Tensor expected) {
        assertThat(found.shape()).containsExactly(expected.shape());
        assertThat(found.sub(expected).abs().max().item()).isLessThan(CLOSE);
    }
}
