package dev.decant.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.decant.data.Tokenizer;
import dev.decant.export.ModelFolder;
import dev.decant.model.Bert;
import dev.decant.model.Catalogue;
import dev.decant.modelio.EncoderFolder;
import dev.decant.tensor.Scope;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is exported comes in again, and what is no encoder is refused in one line. */
class ImportCommandTest {

    @TempDir
    Path folder;

    private Path model = Path.of("");
    private Path onnx = Path.of("");
    private Path out = Path.of("");

    @BeforeEach
    void anEncoderAsOnnx() throws IOException {
        model = folder.resolve("model");
        onnx = Files.createDirectory(folder.resolve("onnx")).resolve("tiny.onnx");
        out = folder.resolve("out");
        List<String> words = List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "good", "bad", "film");
        byte[] tokenizer = Tokenizer.ofWords(words, true).json().getBytes(StandardCharsets.UTF_8);
        try (Scope scope = Scope.open()) {
            Bert encoder = (Bert) Catalogue.create(
                    "bert-base",
                    Map.of(
                            "hidden_size", 8,
                            "num_hidden_layers", 2,
                            "num_attention_heads", 2,
                            "intermediate_size", 12,
                            "vocab_size", 8,
                            "max_position_embeddings", 16,
                            "head", "encoder"));
            EncoderFolder.write(model, encoder, Map.of("tokenizer.json", tokenizer), ModelFolder.Existing.REFUSE);
        }
        CommandLineRun run = CommandLineRun.of("export", model.toString(), "--format", "onnx", onnx.toString());
        assertThat(run.code()).as(run.err()).isZero();
    }

    private CommandLineRun imports(String... more) {
        String[] args = new String[more.length + 3];
        args[0] = "import";
        args[1] = onnx.toString();
        args[2] = out.toString();
        System.arraycopy(more, 0, args, 3, more.length);
        return CommandLineRun.of(args);
    }

    @Test
    void writesAFolderThatOtherCommandsOpen() throws IOException {
        CommandLineRun run = imports(
                "--tokenizer",
                model.resolve("tokenizer.json").toString(),
                "--pooling",
                "mean",
                "--normalize",
                "--json");
        assertThat(run.code()).as(run.err()).isZero();
        JsonNode result = new ObjectMapper().readTree(run.out());
        assertThat(result.path("difference").asDouble()).isLessThan(1e-5);
        assertThat(result.path("pooling").asText()).isEqualTo("mean");
        JsonNode read = inspect(out);
        assertThat(read.path("parameters")).isEqualTo(result.path("parameters"));
        assertThat(inspect(onnx).path("parameters")).isEqualTo(read.path("parameters"));
    }

    private static JsonNode inspect(Path path) throws IOException {
        CommandLineRun run = CommandLineRun.of("inspect", path.toString(), "--json");
        assertThat(run.code()).as(run.err()).isZero();
        return new ObjectMapper().readTree(run.out());
    }

    @Test
    void whatIsMissingIsSaidInOneLineAndNothingIsWritten() throws IOException {
        imports().isRefused(2, "no tokenizer beside it", "give one with --tokenizer");
        imports("--tokenizer", folder + "/absent.json").isRefused(2, "absent.json: no tokenizer here");
        imports("--pooling", "average").isRefused(2, "pooling 'average' is not known; there are cls, max, mean");
        Files.writeString(onnx, "no model");
        imports().isRefused(2, "tiny.onnx: not an ONNX file");
        CommandLineRun.of("inspect", onnx.toString()).isRefused(2, "tiny.onnx: not an ONNX file");
        assertThat(out).doesNotExist();
    }

    @Test
    void aModelInAJarThatIsNotThereIsRefused() {
        CommandLineRun.of("inspect", "jar:" + folder + "/absent.jar").isRefused(2, "there is no file");
        CommandLineRun.of("inspect", "maven:nonsense")
                .isRefused(2, "'maven:nonsense': expected maven:GROUP:ARTIFACT:VERSION");
    }
}
