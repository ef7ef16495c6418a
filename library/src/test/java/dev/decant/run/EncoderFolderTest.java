package dev.decant.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.decant.InputException;
import dev.decant.build.ModelBuilder;
import dev.decant.model.Catalogue;
import dev.decant.model.Inputs;
import dev.decant.model.Network;
import dev.decant.model.text.Bert;
import dev.decant.nn.Trace;
import dev.decant.recipe.ModelSpec;
import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Rng;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import dev.decant.weights.Safetensors;
import dev.decant.weights.WeightsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders of encoders alone, as transformers and sentence-transformers write them. */
class EncoderFolderTest {

    private static final Map<String, Object> SIZES = Map.of(
            "hidden_size", 8,
            "num_hidden_layers", 2,
            "num_attention_heads", 2,
            "intermediate_size", 12,
            "vocab_size", 20,
            "max_position_embeddings", 16);

    @TempDir
    Path folder;

    private Scope scope = Scope.open();
    private NoGrad quiet = NoGrad.open();

    @BeforeEach
    void seed() {
        Rng.seed(2);
    }

    @AfterEach
    void close() {
        quiet.close();
        scope.close();
    }

    private static Bert create(String name, Map<String, Object> more) {
        Map<String, Object> args = new HashMap<>(SIZES);
        args.putAll(more);
        Bert bert = (Bert) Catalogue.create(name, args);
        bert.train(false);
        return bert;
    }

    private static Bert encoder(Map<String, Object> more) {
        Map<String, Object> args = new HashMap<>(more);
        args.put("head", "encoder");
        return create("bert-base", args);
    }

    private static Bert read(Path path, Map<String, Object> overrides) {
        Bert bert = (Bert) ModelBuilder.fromFolder(path, overrides);
        bert.train(false);
        return bert;
    }

    private static float[] embedding(Network network, Inputs.Text text) {
        return ((Bert) network).embed(text).floats();
    }

    private void config(String type, String network, Map<String, Object> more) throws IOException {
        Map<String, Object> config = new LinkedHashMap<>(SIZES);
        config.put("model_type", type);
        config.put("architectures", List.of(network));
        config.putAll(more);
        Files.write(folder.resolve("config.json"), new ObjectMapper().writeValueAsBytes(config));
    }

    private void weights(Map<String, Tensor> tensors) {
        Safetensors.writeTensors(folder.resolve("model.safetensors"), tensors, Map.of());
    }

    private static Map<String, Tensor> bare(Bert bert) {
        Map<String, Tensor> bare = new LinkedHashMap<>();
        bert.state().forEach((name, t) -> bare.put(name.substring(bert.prefix().length()), t));
        return bare;
    }

    @Test
    void aBaseModelWithoutPrefixAndPoolerIsAnEncoder() throws IOException {
        Bert encoder = encoder(Map.of());
        config("bert", "BertModel", Map.of());
        weights(bare(encoder));
        Bert read = read(folder, Map.of());
        assertThat(read.isEncoder()).isTrue();
        assertThat(read.sentence().isKnown()).isFalse();
        Inputs.Text text = encoder.sample(2, 5);
        assertThat(read.forward(text, Trace.none()).floats())
                .isEqualTo(encoder.forward(text, Trace.none()).floats());
        Bert pooled = read(folder, Map.of("pooling", "cls"));
        assertThat(pooled.embed(text).shape()).containsExactly(2, 8);
    }

    @Test
    void aBaseModelWithAPoolerStaysWhatItWas() throws IOException {
        Bert bert = create("bert-base", Map.of("num_classes", 0));
        config("bert", "BertModel", Map.of());
        weights(bare(bert));
        Network read = read(folder, Map.of());
        Inputs.Text text = bert.sample(2, 5);
        assertThat(read.forward(text, Trace.none()).floats())
                .isEqualTo(bert.forward(text, Trace.none()).floats());
        assertThat(read(folder, Map.of("head", "encoder")).isEncoder()).isTrue();
    }

    @Test
    void anEncoderStartsAClassifierForANewHead() throws IOException {
        config("bert", "BertModel", Map.of());
        weights(bare(encoder(Map.of())));
        ModelSpec spec = new ModelSpec(folder.toString(), Map.of(), Optional.empty());
        Network student = ModelBuilder.build(spec, Map.of("num_classes", 3), ModelBuilder.Fresh.HEAD);
        assertThat(student.classes()).isEqualTo(3);
        assertThatThrownBy(() -> ModelBuilder.build(spec, Map.of("num_classes", 3)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("has 0 classes, the data has 3");
    }

    @Test
    void robertaAndElectraAloneAreEncoders() throws IOException {
        for (String type : List.of("xlm-roberta", "roberta", "electra")) {
            String name = type.equals("electra") ? "electra-base" : "roberta-base";
            Bert encoder = create(
                    name,
                    type.equals("electra")
                            ? Map.of("head", "encoder", "embedding_size", 4)
                            : Map.of("head", "encoder", "layer_norm_eps", 1e-5));
            config(
                    type,
                    type.equals("electra") ? "ElectraModel" : "XLMRobertaModel",
                    type.equals("electra")
                            ? Map.of("embedding_size", 4)
                            : Map.of("layer_norm_eps", 1e-5, "type_vocab_size", 1));
            weights(bare(encoder));
            Bert read = read(folder, Map.of());
            Inputs.Text text = encoder.sample(2, 5);
            assertThat(read.forward(text, Trace.none()).floats())
                    .as(type)
                    .isEqualTo(encoder.forward(text, Trace.none()).floats());
        }
    }

    @Test
    void distilBertIsBertWithoutTypes() throws IOException {
        Bert encoder = encoder(Map.of("type_vocab_size", 1));
        encoder.state().get("bert.embeddings.token_type_embeddings.weight").fillInPlace(0);
        Map<String, String> parts = Map.of(
                "attention.self.query", "attention.q_lin",
                "attention.self.key", "attention.k_lin",
                "attention.self.value", "attention.v_lin",
                "attention.output.dense", "attention.out_lin",
                "attention.output.LayerNorm", "sa_layer_norm",
                "intermediate.dense", "ffn.lin1");
        Map<String, Tensor> renamed = new LinkedHashMap<>();
        bare(encoder).forEach((name, tensor) -> {
            String own = name.replaceFirst("^encoder", "distilbert.transformer");
            for (Map.Entry<String, String> part : parts.entrySet()) {
                own = own.replace(part.getKey(), part.getValue());
            }
            own = own.replaceFirst("(layer\\.\\d+)\\.output\\.dense", "$1.ffn.lin2")
                    .replaceFirst("(layer\\.\\d+)\\.output\\.LayerNorm", "$1.output_layer_norm");
            if (!own.contains("token_type")) {
                renamed.put(own, tensor);
            }
        });
        Map<String, Object> sizes =
                Map.of("dim", 8, "n_layers", 2, "n_heads", 2, "hidden_dim", 12, "activation", "gelu");
        config("distilbert", "DistilBertModel", sizes);
        weights(renamed);
        Inputs.Text text = encoder.sample(2, 5);
        Network read = read(folder, Map.of());
        assertThat(read.forward(text, Trace.none()).floats())
                .isEqualTo(encoder.forward(text, Trace.none()).floats());
        config("distilbert", "DistilBertForSequenceClassification", sizes);
        assertThatThrownBy(() -> ModelBuilder.fromFolder(folder, Map.of()))
                .isInstanceOf(WeightsException.class)
                .hasMessageContaining("of DistilBERT only the encoder is");
    }

    @Test
    void otherPositionsAreRefusedByName() throws IOException {
        config("mpnet", "MPNetModel", Map.of());
        weights(bare(encoder(Map.of())));
        assertThatThrownBy(() -> ModelBuilder.fromFolder(folder, Map.of()))
                .hasMessageContaining("model_type 'mpnet' has relative positions; only absolute ones are known here");
    }

    @Test
    void whatIsWrittenForSentenceTransformersIsReadAgain() throws IOException {
        Bert encoder = encoder(Map.of(
                "pooling",
                "cls+mean",
                "normalize",
                true,
                "dense",
                5,
                "dense_activation",
                "tanh",
                "max_seq_length",
                12));
        Path out = folder.resolve("out");
        ModelBuilder.write(out, encoder, Map.of());
        ModelBuilder.write(out, encoder, Map.of()); // over the one before
        assertThat(Safetensors.read(out.resolve("model.safetensors")).tensors().keySet())
                .contains("embeddings.word_embeddings.weight", "encoder.layer.1.output.dense.bias")
                .noneMatch(name -> name.startsWith("bert.") || name.startsWith("dense"));
        assertThat(out.resolve("2_Dense/config.json")).content().contains("\"in_features\" : 16");
        Files.delete(out.resolve("config.json"));
        Map<String, Object> foreign = new LinkedHashMap<>(SIZES);
        foreign.put("model_type", "bert");
        foreign.put("architectures", List.of("BertModel"));
        Files.write(out.resolve("config.json"), new ObjectMapper().writeValueAsBytes(foreign));

        Bert read = read(out, Map.of());

        Inputs.Text text = encoder.sample(3, 6);
        assertThat(embedding(read, text)).isEqualTo(embedding(encoder, text));
        assertThat(read.sentence()).isEqualTo(encoder.sentence());
    }

    @Test
    void modulesThatAreNotKnownAreRefused() throws IOException {
        Path out = folder.resolve("out");
        ModelBuilder.write(out, encoder(Map.of("pooling", "mean")), Map.of());
        Path modules = out.resolve("modules.json");
        String written = Files.readString(modules);
        Files.writeString(modules, written.replace("models.Pooling", "models.LSTM"));
        refused(out, "modules Transformer, LSTM; expected Transformer, Pooling");
        Files.writeString(modules, written.replace("\"path\" : \"\"", "\"path\" : \"0_Transformer\""));
        refused(out, "0_Transformer; expected it in the folder itself");
        Files.writeString(modules, written.replace("1_Pooling", "../1_Pooling"));
        refused(out, "path '../1_Pooling' leaves the folder");
        Files.writeString(modules, "[");
        refused(out, "modules.json: not valid JSON");
        Files.writeString(modules, written);
        Files.writeString(out.resolve("1_Pooling/config.json"), "{}");
        refused(out, "no pooling mode is on");
    }

    private static void refused(Path folder, String why) {
        assertThatThrownBy(() -> ModelBuilder.fromFolder(folder, Map.of()))
                .isInstanceOf(WeightsException.class)
                .hasMessageContaining(why);
    }
}
