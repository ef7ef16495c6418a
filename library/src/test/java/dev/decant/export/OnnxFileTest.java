package dev.decant.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.decant.export.OnnxFile.Form;
import dev.decant.model.Catalogue;
import dev.decant.model.Inputs;
import dev.decant.model.ModelConfig;
import dev.decant.model.Network;
import dev.decant.nn.Init;
import dev.decant.nn.Trace;
import dev.decant.tensor.DType;
import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Rng;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every family of the catalogue gives the same outputs in ONNX Runtime, at batch sizes that were not recorded. */
class OnnxFileTest {

    private static final Map<String, Map<String, Object>> IMAGES = Map.ofEntries(
            Map.entry("resnet18", Map.of("channels", List.of(8, 8, 16, 16))),
            Map.entry("resnet50", Map.of("channels", List.of(4, 4, 8, 8), "layers", List.of(1, 2, 1, 1))),
            Map.entry("resnet20_cifar", Map.of("blocks", 2, "channels", List.of(4, 8, 8))),
            Map.entry("mobilenetv1_100", Map.of("channel_multiplier", 0.1)),
            Map.entry("mobilenetv2_100", Map.of("channel_multiplier", 0.1)),
            Map.entry("convnext_tiny", Map.of("depths", List.of(1, 1, 2, 1), "dims", List.of(8, 8, 16, 16))),
            Map.entry("vit_small_patch16_224", Map.of("patch_size", 8, "embed_dim", 16, "depth", 2, "num_heads", 2)),
            Map.entry("deit_tiny_patch16_224", Map.of("patch_size", 8, "embed_dim", 192, "depth", 2, "num_heads", 3)),
            Map.entry(
                    "swin_nano",
                    Map.of(
                            "patch_size",
                            2,
                            "window_size",
                            3,
                            "embed_dim",
                            8,
                            "depths",
                            List.of(2, 2, 1, 1),
                            "num_heads",
                            List.of(1, 1, 2, 2))),
            Map.entry("mixer_b16_224", Map.of("patch_size", 8, "embed_dim", 16, "num_blocks", 2)),
            Map.entry("resmlp_12_224", Map.of("patch_size", 8, "embed_dim", 16, "num_blocks", 2)));

    private static final Map<String, Object> TEXT = Map.of(
            "hidden_size", 16,
            "num_hidden_layers", 2,
            "num_attention_heads", 2,
            "intermediate_size", 24,
            "vocab_size", 30,
            "max_position_embeddings", 20,
            "num_classes", 3);

    @TempDir
    Path folder;

    @BeforeEach
    void seed() {
        Rng.seed(5);
    }

    static Stream<String> imageFamilies() {
        return IMAGES.keySet().stream().sorted();
    }

    @ParameterizedTest
    @MethodSource("imageFamilies")
    void givesWhatAnImageClassifierGives(String name) {
        Map<String, Object> args = new HashMap<>(IMAGES.getOrDefault(name, Map.of()));
        args.putAll(Map.of("img_size", 32, "num_classes", 5));
        givesTheSame(scattered(Catalogue.create(name, args)));
    }

    @ParameterizedTest
    @MethodSource("textFamilies")
    void givesWhatAnEncoderGives(String name, Map<String, Object> more) {
        Map<String, Object> args = new HashMap<>(TEXT);
        args.putAll(more);
        givesTheSame(scattered(Catalogue.create(name, args)));
    }

    static Stream<org.junit.jupiter.params.provider.Arguments> textFamilies() {
        return Stream.of(
                org.junit.jupiter.params.provider.Arguments.of("bert-base", Map.of()),
                org.junit.jupiter.params.provider.Arguments.of("bert-base", Map.of("head", "mlm", "num_classes", 0)),
                org.junit.jupiter.params.provider.Arguments.of("roberta-base", Map.of("type_vocab_size", 1)),
                org.junit.jupiter.params.provider.Arguments.of("electra-base", Map.of("embedding_size", 8)));
    }

    private void givesTheSame(Network network) {
        Path file = folder.resolve("m.onnx");
        OnnxFile.Written written = OnnxFile.write(file, network, Map.of(), Form.FLOAT);
        assertThat(written.parity()).isLessThanOrEqualTo(OnnxFile.TOLERANCE);
        assertThat(written.bytes()).isEqualTo(file.toFile().length());
        network.train(false);
        boolean isText = network.config().input() instanceof ModelConfig.TextInput;
        try (OnnxNetwork read = OnnxNetwork.read(file);
                Scope scope = Scope.open();
                NoGrad quiet = NoGrad.open()) {
            assertThat(read.config().architecture()).isEqualTo(network.config().architecture());
            assertThat(read.config().input()).isEqualTo(network.config().input());
            assertThat(read.classes()).isEqualTo(network.classes());
            assertThat(read.originalParameters()).isEqualTo(network.parameterCount());
            for (List<Long> sizes :
                    isText ? List.of(List.of(1L, 2L), List.of(4L, 9L)) : List.of(List.of(1L), List.of(7L))) {
                Inputs inputs = NetworkInputs.sample(network, sizes);
                Tensor expected = network.forward(inputs, Trace.none());
                assertThat(expected.abs().max().item()).isGreaterThan(0.01);
                Tensor found = read.forward(inputs, Trace.none());
                assertThat(found.shape()).containsExactly(expected.shape());
                assertThat(found.sub(expected).abs().max().item())
                        .isLessThan(OnnxFile.TOLERANCE
                                * Math.max(1, expected.abs().max().item()));
            }
        }
    }

    /** With weights, statistics and scales that are not what a network starts from, so that every part of it shows. */
    private static Network scattered(Network network) {
        try (NoGrad quiet = NoGrad.open();
                Scope scope = Scope.open()) {
            network.state().forEach((name, tensor) -> {
                if (tensor.dtype().isFloating()) {
                    double spread = name.endsWith("running_var") ? 0.1 : 0.2;
                    tensor.copyFrom(Init.normal(spread, tensor.shape()).add(tensor.rank() == 1 ? 0.5 : 0));
                    if (name.endsWith("running_var")) {
                        tensor.copyFrom(tensor.abs().add(0.5));
                    }
                }
            });
        }
        return network;
    }

    @Test
    void namesInputsAndParametersAsPublishedFilesDo() throws Exception {
        Path file = folder.resolve("m.onnx");
        OnnxFile.write(file, Catalogue.create("bert-base", TEXT), Map.of(), Form.FLOAT);
        var model = ai.onnx.proto.OnnxMl.ModelProto.parseFrom(Files.readAllBytes(file));
        assertThat(model.getGraph().getInputList().stream().map(i -> i.getName()))
                .containsExactly("input_ids", "token_type_ids", "attention_mask");
        assertThat(model.getGraph().getInput(0).getType().getTensorType().getShape().getDimList().stream()
                        .map(d -> d.getDimParam()))
                .containsExactly("batch", "length");
        assertThat(model.getGraph().getOutputList().stream().map(o -> o.getName()))
                .containsExactly("logits");
        assertThat(model.getGraph().getInitializerList().stream().map(i -> i.getName()))
                .contains("bert.encoder.layer.1.attention.self.query.weight", "classifier.bias");
    }

    @Test
    void aNetworkThatLooksAtItsInputsIsRefused() {
        assertThatThrownBy(() -> OnnxFile.write(folder.resolve("m.onnx"), new Looking(true), Map.of(), Form.FLOAT))
                .hasMessageContaining("reads numbers of F32[2, 3, 8, 8]");
        assertThat(folder.resolve("m.onnx")).doesNotExist();
    }

    @Test
    void aSizeThatIsNoMultipleOfTheBatchIsRefusedWithTheOperation() {
        assertThatThrownBy(() -> OnnxFile.write(folder.resolve("m.onnx"), new Looking(false), Map.of(), Form.FLOAT))
                .isInstanceOf(ExportException.class)
                .hasMessageContaining("dimension 0 of what 'cat' gives")
                .hasMessageContaining("[3, 4]");
    }

    /** Decides by its input, or adds an example of its own. */
    private static final class Looking extends Network {

        private final boolean looks;

        Looking(boolean looks) {
            super(new ModelConfig(
                    "looking",
                    1,
                    Map.of(),
                    new ModelConfig.ImageInput(
                            8, ModelConfig.ImageInput.HALF, ModelConfig.ImageInput.HALF, "bicubic", 1)));
            this.looks = looks;
        }

        @Override
        public Tensor forward(Inputs inputs, Trace trace) {
            Tensor x = ((Inputs.Images) inputs).pixels();
            if (looks) {
                return x.floats()[0] > 0 ? x : x.neg();
            }
            return Tensor.cat(List.of(x, Tensor.zeros(1, 3, 8, 8)), 0);
        }

        @Override
        public Inputs sample(int n) {
            return new Inputs.Images(Tensor.rand(n, 3, 8, 8).to(DType.F32));
        }

        @Override
        public List<String> fullPrecisionModules() {
            return List.of();
        }
    }
}
