package dev.decant.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.decant.model.Catalogue;
import dev.decant.model.Network;
import dev.decant.modelio.ModelFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExportCommandTest {

    private static final String SHAPES = "{type: shapes, size: 16, train: 32, test: 16, labels: color, workers: 1}";

    @TempDir
    Path folder;

    private Path model;
    private Path out;

    @BeforeEach
    void modelFolder() {
        model = folder.resolve("model");
        out = folder.resolve("model.onnx");
        Map<String, Object> args = Map.of("blocks", 1, "channels", List.of(4, 8, 8), "img_size", 16);
        Network network = Catalogue.create(
                "resnet20_cifar", Map.of("blocks", 1, "channels", List.of(4, 8, 8), "img_size", 16, "num_classes", 8));
        Map<String, Object> config = Map.of("architecture", "resnet20_cifar", "num_classes", 8, "model_args", args);
        ModelFolder.write(model, config, network.state(), Map.of(), ModelFolder.Existing.REFUSE);
    }

    private CommandLineRun export(String format) {
        return CommandLineRun.of("export", model.toString(), "--format", format, out.toString());
    }

    @Test
    void writesAFileThatScoresAsTheFolderDoes() throws IOException {
        CommandLineRun run =
                CommandLineRun.of("export", model.toString(), "--format", "onnx", out.toString(), "--json");
        assertThat(run.code()).as(run.err()).isZero();
        JsonNode result = new ObjectMapper().readTree(run.out());
        assertThat(result.path("file").asText()).isEqualTo(out.toString());
        assertThat(result.path("bytes").asLong()).isEqualTo(Files.size(out));
        assertThat(result.path("parity").asDouble()).isLessThan(1e-4);
        CommandLineRun byFolder = CommandLineRun.of("eval", model.toString(), "--data", SHAPES);
        CommandLineRun byFile = CommandLineRun.of("eval", out.toString(), "--data", SHAPES);
        assertThat(byFile.code()).as(byFile.err()).isZero();
        assertThat(byFile.out().lines().skip(1))
                .containsExactlyElementsOf(byFolder.out().lines().skip(1).toList());
    }

    @Test
    void benchTakesTheFileToo() throws IOException {
        export("onnx-int8");
        CommandLineRun run = CommandLineRun.of("bench", model.toString(), out.toString(), "--json");
        assertThat(run.code()).as(run.err()).isZero();
        JsonNode rows = new ObjectMapper().readTree(run.out());
        assertThat(rows.get(1).path("parameters")).isEqualTo(rows.get(0).path("parameters"));
        assertThat(rows.get(1).path("bytes").asLong()).isEqualTo(Files.size(out));
    }

    @Test
    void aFileIsScoredAsItIs() {
        export("onnx");
        String shapes = SHAPES.replace("color", "shape");
        CommandLineRun.of("eval", out.toString(), "--data", shapes).isRefused(2, "has 8 classes, the data has");
        CommandLineRun.of("eval", out.toString(), "--set", "model.blocks=2", "--data", SHAPES)
                .isRefused(2, "an ONNX file is whole");
    }

    @Test
    void mistakesAreSaidInOneLine() throws IOException {
        export("tflite").isRefused(2, "unknown format 'tflite'", "safetensors, onnx, onnx-int8, onnx-2bit");
        export("onnx-2bit").isRefused(2, "in full precision", "onnx-int8");
        CommandLineRun.of("export", folder + "/nowhere", "--format", "onnx", out.toString())
                .isRefused(2, "nowhere: does not exist");
        CommandLineRun.of("export", folder.toString(), "--format", "onnx", out.toString())
                .isRefused(2, "config.json");
        assertThat(out).doesNotExist();
        CommandLineRun.of("export", model.toString(), "--format", "onnx", folder + "/no/model.onnx")
                .isRefused(2, "model.onnx: cannot be written", "there is no folder " + folder + "/no");
        CommandLineRun.of("eval", out.toString(), "--data", SHAPES).isRefused(2, out + ": does not exist");
        CommandLineRun.of("bench", out.toString()).isRefused(2, out + ": does not exist");
        Files.writeString(out, "thesis");
        export("onnx").isRefused(2, out + ": exists already");
        assertThat(out).hasContent("thesis");
        CommandLineRun.of("eval", out.toString(), "--data", SHAPES).isRefused(2, out.toString(), "ONNX Runtime");
    }
}
