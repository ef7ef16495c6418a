package dev.decant.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class InspectTest {

    private static CommandLineRun bert(String... more) {
        List<String> args = new ArrayList<>(List.of("inspect", "bert-base"));
        for (String set : List.of(
                "num_classes=2",
                "hidden_size=16",
                "num_hidden_layers=3",
                "num_attention_heads=2",
                "intermediate_size=32",
                "vocab_size=50",
                "max_position_embeddings=8")) {
            args.addAll(List.of("--set", "model." + set));
        }
        args.addAll(List.of(more));
        return CommandLineRun.of(args.toArray(String[]::new));
    }

    @Test
    void whatWouldBeRounded() {
        CommandLineRun run = bert();
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out().lines().filter(l -> l.startsWith("quantize")))
                .contains(
                        "quantize    1 x embedding bert.embeddings.word_embeddings.weight: twn, per row",
                        "quantize    3 x weight bert.encoder.layer.*.attention.self.query.weight: twn, per tensor",
                        "quantize    3 x activation bert.encoder.layer.*.attention.self.probabilities: symmetric, 8 bits, per token",
                        "quantize    1 x activation bert.pooler.dense.input: symmetric, 8 bits, per token");
        assertThat(run.out())
                .contains("that is norms, biases, bert.embeddings.position_embeddings.weight,"
                        + " bert.embeddings.token_type_embeddings.weight, classifier.weight");
    }

    @Test
    void asJson() throws JsonProcessingException {
        JsonNode plan = new ObjectMapper().readTree(bert("--json").out()).path("quantization");
        assertThat(plan.path("rounded")).hasSize(1 + 3 * (6 + 6 + 4) + 2); // table, layers, pooler
        assertThat(plan.path("rounded").get(0).path("kind").asText()).isEqualTo("embedding");
        int weights = 50 * 16 + 3 * (4 * 16 * 16 + 2 * 16 * 32) + 16 * 16;
        assertThat(plan.path("roundedParameters").asInt()).isEqualTo(weights);
        assertThat(plan.path("left").findValuesAsText("slot"))
                .containsExactly(
                        "bert.embeddings.position_embeddings.weight",
                        "bert.embeddings.token_type_embeddings.weight",
                        "classifier.weight",
                        "classifier.input");
    }

    @Test
    void withOtherQuantizers() {
        CommandLineRun run = bert("--quantize", "{weights: lsq, activations: off, exclude: ['*.layer.0.*']}");
        assertThat(run.out())
                .contains("2 x weight bert.encoder.layer.*.output.dense.weight: ")
                .doesNotContain("x activation");
        bert("--quantize", "{weights: lqs}").isRefused(2, "lqs", "lsq");
        bert("--quantize", "{exclude: ['nothing*']}").isRefused(2, "no slot matches 'nothing*'");
    }
}
