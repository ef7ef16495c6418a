package dev.decant.modelio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.decant.DataException;
import dev.decant.model.text.Bert;
import dev.decant.model.text.SentenceHead;
import dev.decant.modelio.TinyGraph.Manner;
import dev.decant.tensor.Rng;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import dev.decant.text.Tokenizer;
import dev.decant.weights.WeightsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Encoders are found again in graphs of several manners, and what is none is refused by its first node that does not fit. */
class EncoderImportTest {

    @TempDir
    Path folder;

    private Scope scope = Scope.open();

    @BeforeEach
    void seed() {
        Rng.seed(3);
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private static Tokenizer words(int count) {
        List<String> words = new ArrayList<>(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"));
        for (int i = words.size(); i < count; i++) {
            words.add("w" + i);
        }
        return Tokenizer.ofWords(words, true);
    }

    private static EncoderImport.Options options(String pooling) {
        SentenceHead sentence = new SentenceHead(SentenceHead.poolings(pooling), Optional.empty(), true, 0);
        return new EncoderImport.Options(Optional.empty(), sentence, ModelFolder.Existing.REFUSE);
    }

    @ParameterizedTest
    @CsvSource({
        "SIMPLE, bert-base, gelu",
        "NORMS, bert-base, gelu",
        "FUSED, bert-base, gelu",
        "SIMPLE, bert-base, gelu_new",
        "NORMS, bert-base, relu",
        "SIMPLE, roberta-base, gelu"
    })
    void theEncoderIsFoundAgain(Manner manner, String architecture, String activation) throws IOException {
        boolean isRoberta = architecture.startsWith("roberta");
        Bert encoder =
                TinyGraph.encoder(architecture, Map.of("hidden_act", activation, "type_vocab_size", isRoberta ? 1 : 2));
        Path file = TinyGraph.of(manner, encoder, activation).write(folder.resolve("tiny.onnx"));
        Files.writeString(folder.resolve("tokenizer.json"), words(30).json());

        EncoderImport.Imported made = EncoderImport.write(file, folder.resolve("out"), options("mean"));

        assertThat(made.difference().orElse(1)).isLessThan(1e-5);
        assertThat(made.encoder().config().architecture()).isEqualTo(architecture);
        Map<String, Tensor> found = made.encoder().state();
        assertThat(found.keySet()).isEqualTo(encoder.state().keySet());
        encoder.state()
                .forEach((name, tensor) -> assertThat(found.get(name).detach().floats())
                        .as(name)
                        .isEqualTo(tensor.detach().floats()));
        assertThat(folder.resolve("out").resolve("1_Pooling/config.json"))
                .content()
                .contains("\"pooling_mode_mean_tokens\" : true");
    }

    @Test
    void theFirstNodeThatDoesNotFitIsNamed() throws IOException {
        TinyGraph graph = TinyGraph.of(Manner.SIMPLE, TinyGraph.encoder("bert-base", Map.of()), "gelu");
        int tanh = change(graph, "Erf", n -> n.setOpType("Tanh"));
        assertThatThrownBy(() -> EncoderImport.read(graph.write(folder.resolve("tiny.onnx"))))
                .isInstanceOf(ImportException.class)
                .hasMessageContaining("its activation is not one of gelu, gelu_new, relu")
                .hasMessageContaining("(Add) does not fit an encoder of BERT's shape");
        assertThat(tanh).isPositive();
    }

    @Test
    void scoresOfAnotherScaleAreRefused() throws IOException {
        TinyGraph graph = TinyGraph.of(Manner.SIMPLE, TinyGraph.encoder("bert-base", Map.of()), "gelu");
        int softmax = change(graph, "Softmax", n -> n);
        NodeProto.Builder add = graph.graph.getNodeBuilder(softmax - 1);
        NodeProto.Builder scaled = graph.graph.getNodeBuilder(softmax - 2);
        add.setInput(0, scaled.getInput(0)); // past the division
        assertThatThrownBy(() -> EncoderImport.read(graph.write(folder.resolve("tiny.onnx"))))
                .hasMessageContaining("its scores are multiplied with 1.0, expected 1 / sqrt(head width) = 0.5");
    }

    @Test
    void positionsInTheScoresAreRefusedByName() throws IOException {
        TinyGraph graph = TinyGraph.of(Manner.SIMPLE, TinyGraph.encoder("bert-base", Map.of()), "gelu");
        String table = graph.constant(Tensor.zeros(1, 2, 1, 1));
        int softmax = change(graph, "Softmax", n -> n);
        graph.graph.getNodeBuilder(softmax - 1).setInput(1, table);
        assertThatThrownBy(() -> EncoderImport.read(graph.write(folder.resolve("tiny.onnx"))))
                .hasMessageContaining("(Add) does not fit")
                .hasMessageEndingWith(
                        "relative positions and masks of its own are not known here, only absolute positions");
    }

    @Test
    void anotherNetworkIsRefused() throws IOException {
        TinyGraph graph = TinyGraph.of(Manner.SIMPLE, TinyGraph.encoder("bert-base", Map.of()), "gelu");
        change(graph, "Gather", n -> n.setOpType("Conv"));
        assertThatThrownBy(() -> EncoderImport.read(graph.write(folder.resolve("tiny.onnx"))))
                .hasMessageContaining("does not fit an encoder of BERT's shape");
    }

    @Test
    void aQuantizedFileIsSaidToBeOne() throws IOException {
        TinyGraph graph = TinyGraph.of(Manner.SIMPLE, TinyGraph.encoder("bert-base", Map.of()), "gelu");
        change(graph, "MatMul", n -> n.setOpType("MatMulInteger"));
        assertThatThrownBy(() -> EncoderImport.read(graph.write(folder.resolve("tiny.onnx"))))
                .hasMessageContaining("the file is quantized; import the one in fp32");
    }

    @Test
    void brokenFilesAreRefusedInOneLine() throws IOException {
        TinyGraph graph = TinyGraph.of(Manner.SIMPLE, TinyGraph.encoder("bert-base", Map.of()), "gelu");
        byte[] whole = graph.model().toByteArray();
        Path file = folder.resolve("tiny.onnx");
        refused(file, "does not exist, expected an ONNX file");
        Files.write(file, Arrays.copyOf(whole, whole.length / 2));
        refused(file, "not an ONNX file, or cut short");
        Files.write(file, new byte[0]);
        refused(file, "not an ONNX file: it has no graph");
        Files.writeString(file, "no model at all");
        refused(file, "not an ONNX file");
    }

    @Test
    void graphsThatMakeNoSenseAreRefused() throws IOException {
        Path file = folder.resolve("tiny.onnx");
        TinyGraph circle = graph();
        circle.graph.getNodeBuilder(0).setInput(0, circle.graph.getNode(1).getOutput(0));
        circle.graph.getNodeBuilder(1).setInput(0, circle.graph.getNode(0).getOutput(0));
        circle.write(file);
        refused(file, "the graph goes in a circle");
        TinyGraph twice = graph();
        twice.graph.getNodeBuilder(1).setOutput(0, twice.graph.getNode(0).getOutput(0));
        twice.write(file);
        refused(file, "two nodes make 'v");
        TinyGraph nothing = graph();
        nothing.graph.getNodeBuilder(3).setInput(0, "nobody");
        nothing.write(file);
        refused(file, "'nobody' is read, and nothing makes it");
    }

    @Test
    void sizesThatLieAreRefused() throws IOException {
        Path file = folder.resolve("tiny.onnx");
        lying(t -> t.setDims(0, -1)).write(file);
        refused(file, "has a size below 0");
        lying(t -> t.setDims(0, Long.MAX_VALUE)).write(file);
        refused(file, "has sizes beyond all bounds");
        lying(t -> t.setDims(0, 31)).write(file);
        refused(file, "takes 992 bytes, found 960");
        lying(t -> t.setDataType(99)).write(file);
        refused(file, "has data type 99, which is not read here");
    }

    @Test
    void weightsBesideTheFileStayInItsFolder() throws IOException {
        Bert encoder = TinyGraph.encoder("bert-base", Map.of());
        TinyGraph graph = TinyGraph.of(Manner.SIMPLE, encoder, "gelu");
        TensorProto.Builder words = graph.graph.getInitializerBuilder(0);
        Path home = Files.createDirectories(folder.resolve("home"));
        Files.write(home.resolve("data.bin"), words.getRawData().toByteArray());
        Files.write(folder.resolve("secret.bin"), words.getRawData().toByteArray());
        Path file = home.resolve("tiny.onnx");

        external(words, "data.bin");
        assertThat(EncoderImport.read(graph.write(file)).parameterCount()).isEqualTo(encoder.parameterCount());
        external(words, "../secret.bin");
        graph.write(file);
        refused(file, "lies in '../secret.bin', outside the folder of the model");
        Files.createSymbolicLink(home.resolve("link.bin"), folder.resolve("secret.bin"));
        external(words, "link.bin");
        graph.write(file);
        refused(file, "outside the folder of the model");
        external(words, "absent.bin");
        graph.write(file);
        refused(file, "lies in 'absent.bin', which does not exist");
    }

    @Test
    void aTokenizerMustBeThereAndFit() throws IOException {
        Path file = graph().write(folder.resolve("tiny.onnx"));
        Path out = folder.resolve("out");
        assertThatThrownBy(() -> EncoderImport.write(file, out, options("mean")))
                .hasMessageContaining("no tokenizer beside it (tiny-tokenizer.json, tokenizer.json, vocab.txt)");
        Files.writeString(folder.resolve("tiny-tokenizer.json"), words(31).json());
        assertThatThrownBy(() -> EncoderImport.write(file, out, options("mean")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("has 31 tokens, the vocabulary of " + file + " only 30");
        ObjectNode plain = (ObjectNode) new ObjectMapper().readTree(words(30).json());
        Files.writeString(
                folder.resolve("tiny-tokenizer.json"),
                plain.putNull("post_processor").toString());
        assertThatThrownBy(() -> EncoderImport.write(file, out, options("mean")))
                .hasMessageContaining("adds no special tokens to a text");
        assertThat(out).doesNotExist();
    }

    @Test
    void whatTheTokenizerFixesIsLeftOutAndSaid() throws IOException {
        Path file = graph().write(folder.resolve("tiny.onnx"));
        String fixed = words(30)
                .json()
                .replaceFirst("\"truncation\":null", "\"truncation\":{\"max_length\":128}")
                .replaceFirst("\"padding\":null", "\"padding\":{\"strategy\":{\"Fixed\":128}}");
        Files.writeString(folder.resolve("tokenizer.json"), fixed);
        Path out = folder.resolve("out");
        assertThat(EncoderImport.write(file, out, options("unknown")).notes())
                .containsExactly(
                        "truncation to 128 tokens, which the tokenizer's file fixes, is left out",
                        "padding to 128 tokens, which the tokenizer's file fixes, is left out");
        assertThat(out.resolve("tokenizer.json")).content().contains("\"padding\":null");
        assertThat(out.resolve("modules.json")).doesNotExist();
        assertThatThrownBy(() -> EncoderImport.write(file, out, options("mean")))
                .isInstanceOf(WeightsException.class)
                .hasMessageContaining("nothing is overwritten");
    }

    private TinyGraph graph() {
        return TinyGraph.of(Manner.SIMPLE, TinyGraph.encoder("bert-base", Map.of()), "gelu");
    }

    private interface Change {
        void apply(TensorProto.Builder tensor);
    }

    private TinyGraph lying(Change change) {
        TinyGraph graph = graph();
        change.apply(graph.graph.getInitializerBuilder(0));
        return graph;
    }

    private static void external(TensorProto.Builder tensor, String location) {
        tensor.clearRawData()
                .clearExternalData()
                .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                .addExternalData(
                        StringStringEntryProto.newBuilder().setKey("location").setValue(location));
    }

    private static void refused(Path file, String why) {
        assertThatThrownBy(() -> EncoderImport.read(file))
                .isInstanceOf(ImportException.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageContaining(why);
    }

    private interface NodeChange {
        NodeProto.Builder apply(NodeProto.Builder node);
    }

    /** Changes the first node of a kind and gives its place. */
    private static int change(TinyGraph graph, String op, NodeChange change) {
        GraphProto.Builder nodes = graph.graph;
        for (int i = 0; i < nodes.getNodeCount(); i++) {
            if (nodes.getNode(i).getOpType().equals(op)) {
                change.apply(nodes.getNodeBuilder(i));
                return i;
            }
        }
        throw new AssertionError(op);
    }
}
