package dev.decant.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.decant.build.ModelBuilder;
import dev.decant.build.QuantizeBuilder;
import dev.decant.model.Catalogue;
import dev.decant.model.Inputs;
import dev.decant.model.Network;
import dev.decant.nn.Slot;
import dev.decant.nn.Trace;
import dev.decant.quantize.CodeQuantizer;
import dev.decant.quantize.Packed;
import dev.decant.quantize.Placement;
import dev.decant.recipe.RecipeReader;
import dev.decant.recipe.StageSpec;
import dev.decant.tensor.DType;
import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Rng;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import dev.decant.weights.Safetensors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A quantized network's folder gives back the very network. */
class PackedFolderTest {

    private static final Map<String, Object> BERT = Map.of(
            "hidden_size", 8,
            "num_hidden_layers", 2,
            "num_attention_heads", 2,
            "intermediate_size", 12,
            "vocab_size", 20,
            "max_position_embeddings", 16,
            "num_classes", 3);

    @TempDir
    Path folder;

    @BeforeEach
    void seed() {
        Rng.seed(11);
    }

    private static StageSpec.Quantize spec(String yaml) {
        String recipe = "data: shapes\nstudent: {model: S}\nstages:\n  - quantize: " + yaml + "\n";
        return (StageSpec.Quantize)
                RecipeReader.readText("r.yaml", recipe, List.of()).stages().get(0);
    }

    private static Network bert(String quantize) {
        Network network = Catalogue.create("bert-base", BERT);
        QuantizeBuilder.attach(spec(quantize).quantize(), network);
        network.train(false);
        return network;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{weights: {type: twn, group: row}, activations: 'off'}",
                "{weights: {type: twn, group: block, block: 4}, embeddings: 'off'}",
                "{weights: binary, embeddings: binary}",
                "{weights: {type: symmetric, bits: 4}, activations: {type: asymmetric, per: tensor}}",
                "{weights: {type: asymmetric, bits: 2}, activations: lsq}",
                "{weights: absmean, activations: learned-clip}",
                "{weights: {type: seq, levels: 4}, embeddings: {type: seq, levels: 3}}",
                "{weights: {type: lsq, bits: 2}, activations: {type: lsq, bits: 8, symmetric: false}}",
                "{weights: {type: mid-precision, bits: 3}}"
            })
    void givesBackTheSameBits(String quantize) {
        try (Scope scope = Scope.open();
                NoGrad quiet = NoGrad.open()) {
            Network network = bert(quantize);
            Inputs text = network.sample(3);
            Tensor expected = network.forward(text, Trace.none()); // learned steps start here
            Map<String, Tensor> used = used(network);
            ModelBuilder.write(folder.resolve("m"), network, Map.of());

            Network read = ModelBuilder.fromFolder(folder.resolve("m"), Map.of());
            read.train(false);

            assertThat(used).isNotEmpty();
            used.forEach((name, values) -> assertThat(read.state()
                            .get(name)
                            .eq(values)
                            .logicalNot()
                            .to(DType.F32)
                            .sum()
                            .item())
                    .as(name)
                    .isZero());
            assertThat(read.forward(text, Trace.none()).floats()).containsExactly(expected.floats());
        }
    }

    /** The weights as the network computes with them. */
    private static Map<String, Tensor> used(Network network) {
        Map<String, Tensor> used = new LinkedHashMap<>();
        network.slots().forEach((path, slot) -> {
            if (slot.isFilled() && slot.kind() != Slot.Kind.ACTIVATION) {
                used.put(path, slot.apply(network.state().get(path)));
            }
        });
        return used;
    }

    @Test
    void imageClassifiersArePackedToo() {
        try (Scope scope = Scope.open();
                NoGrad quiet = NoGrad.open()) {
            Network network = Catalogue.create("resnet20_cifar", Map.of("blocks", 1, "channels", List.of(4, 8, 8)));
            QuantizeBuilder.attach(spec("{weights: {type: twn, group: row}}").quantize(), network);
            network.train(false);
            assertThat(Placement.leftPrecise(network)).containsExactly("conv1.weight", "linear.weight");
            Inputs images = network.sample(2);
            float[] expected = network.forward(images, Trace.none()).floats();
            ModelBuilder.write(folder.resolve("m"), network, Map.of());
            Network read = ModelBuilder.fromFolder(folder.resolve("m"), Map.of());
            read.train(false);
            assertThat(read.forward(images, Trace.none()).floats()).containsExactly(expected);
        }
    }

    @Test
    void whatCannotBeIsSaidInOneLine() throws IOException {
        ModelBuilder.write(folder.resolve("m"), bert("{}"), Map.of());
        String name = "bert.encoder.layer.0.attention.self.query.weight";
        refused(t -> t.remove(name + ".scales"), "no '" + name + ".scales'");
        refused(t -> t.put(name + ".scales", Tensor.of(new float[] {Float.NaN}, 1)), "is not a number at 0");
        refused(t -> t.put(name + ".scales", Tensor.ones(2)), "expected 1 of F32, found");
        byte[] codes = new byte[16];
        codes[3] = 3;
        refused(
                t -> t.put(name + ".codes", Tensor.fromBuffer(ByteBuffer.wrap(codes), DType.U8, 16)),
                "holds the code 3 at 12, there are 3 levels");
        refused(
                t -> t.put(name + ".codes", Tensor.fromBuffer(ByteBuffer.wrap(new byte[15]), DType.U8, 15)),
                "expected 16 of U8");
        config(c -> ((ObjectNode) c.at("/quantization/weights/" + name))
                .putArray("shape")
                .add(4)
                .add(8));
        assertThatThrownBy(() -> ModelBuilder.fromFolder(folder.resolve("m"), Map.of()))
                .hasMessageContaining("do not fit together");
        config(c -> ((ObjectNode) c.get("quantization")).put("format", "other"));
        assertThatThrownBy(() -> ModelBuilder.fromFolder(folder.resolve("m"), Map.of()))
                .hasMessageContaining("packed as 'other'; this version reads 'decant-packed-1'");
    }

    private void refused(Consumer<Map<String, Tensor>> harm, String message) throws IOException {
        Path file = folder.resolve("m/model.safetensors");
        byte[] whole = Files.readAllBytes(file);
        try (Scope scope = Scope.open()) {
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            Safetensors.read(file).tensors().forEach((k, t) -> tensors.put(k, t.toTensor()));
            harm.accept(tensors);
            Files.delete(file);
            Safetensors.writeTensors(file, tensors, Map.of());
            assertThatThrownBy(() -> ModelBuilder.fromFolder(folder.resolve("m"), Map.of()))
                    .hasMessageContaining(message);
        } finally {
            Files.write(file, whole);
        }
    }

    private void config(Consumer<ObjectNode> change) throws IOException {
        Path file = folder.resolve("m/config.json");
        ObjectMapper json = new ObjectMapper();
        ObjectNode config = (ObjectNode) json.readTree(file.toFile());
        change.accept(config);
        Files.writeString(file, json.writeValueAsString(config));
    }

    @Tag("slow")
    @Test
    void aTernaryBertBaseTakesTwentyEightMebibytes() {
        try (Scope scope = Scope.open();
                NoGrad quiet = NoGrad.open()) {
            Network network = Catalogue.create("bert-base", Map.of());
            QuantizeBuilder.attach(spec("{}").quantize(), network);
            long bytes = Packed.of(network).state().values().stream()
                    .mapToLong(t -> t.elements() * t.dtype().bytes())
                    .sum();
            assertThat(bytes / 1048576.0).isBetween(28.0, 28.2);
            assertThat(network.slots().values().stream()
                            .flatMap(s -> s.quantizer().stream())
                            .allMatch(CodeQuantizer.class::isInstance))
                    .isTrue();
        }
    }
}
