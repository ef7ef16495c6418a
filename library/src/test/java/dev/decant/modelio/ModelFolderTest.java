package dev.decant.modelio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.decant.modelio.ModelFolder.Existing;
import dev.decant.tensor.Tensor;
import dev.decant.weights.Weights;
import dev.decant.weights.WeightsException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelFolderTest {

    private static final Map<String, Object> CONFIG = Map.of(
            "architecture",
            "resnet20_cifar",
            "num_classes",
            10,
            "pretrained_cfg",
            Map.of("mean", List.of(0.5, 0.5, 0.5)));

    @TempDir
    Path parent;

    @Test
    void readsWhatItWrote() {
        Path folder = parent.resolve("runs/model");
        write(folder, 3, Existing.REFUSE);
        ModelFolder read = ModelFolder.read(folder);
        assertThat(read.config().path("num_classes").asInt()).isEqualTo(10);
        assertThat(read.config().path("pretrained_cfg").path("mean")).hasSize(3);
        assertThat(Weights.read(read.weights()).tensors().get("w").at(0)).isEqualTo(3);
        assertThat(Weights.read(folder).metadata()).containsEntry("format", "pt");
        assertThat(names(parent.resolve("runs"))).containsExactly("model");
    }

    @Test
    void refusesAFolderThatHoldsSomethingUnlessToldToReplaceAModel() throws IOException {
        Path folder = parent.resolve("model");
        Files.createDirectory(folder);
        write(folder, 1, Existing.REFUSE);
        assertThatThrownBy(() -> write(folder, 2, Existing.REFUSE))
                .isInstanceOf(WeightsException.class)
                .hasMessageContaining("already holds 2 files");
        write(folder, 2, Existing.REPLACE);
        assertThat(Weights.read(folder).tensors().get("w").at(0)).isEqualTo(2);
        assertThat(names(parent)).containsExactly("model");
        Files.createDirectory(folder.resolve("photos"));
        assertThatThrownBy(() -> write(folder, 3, Existing.REPLACE)).hasMessageContaining("holds more than a model");
        assertThat(folder.resolve("photos")).exists();
    }

    @Test
    void leavesNothingBehindWhenItFails() throws IOException {
        Path inTheWay = Files.writeString(parent.resolve("file"), "x");
        assertThatThrownBy(() -> write(inTheWay.resolve("model"), 1, Existing.REFUSE))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageStartingWith("cannot write " + inTheWay.resolve("model"));
        assertThatThrownBy(() -> write(inTheWay, 1, Existing.REFUSE)).hasMessageContaining("is a file");
        Path folder = parent.resolve("model");
        Map<String, Tensor> reserved = Map.of("__metadata__", Tensor.ones(1));
        assertThatThrownBy(() -> ModelFolder.write(folder, CONFIG, reserved, Map.of(), Existing.REFUSE))
                .isInstanceOf(WeightsException.class);
        assertThat(names(parent)).containsExactly("file");
    }

    @Test
    void namesWhatIsWrongWithAFolder() throws IOException {
        assertThatThrownBy(() -> ModelFolder.read(parent.resolve("absent"))).hasMessageContaining("does not exist");
        assertThatThrownBy(() -> ModelFolder.read(parent)).hasMessageContaining("config.json: does not exist");
        Path config = parent.resolve("config.json");
        Files.writeString(config, "{\"a\": 1,\n \"b\" 2}");
        assertThatThrownBy(() -> ModelFolder.read(parent))
                .hasMessageContaining("not valid JSON at line 2")
                .hasMessageNotContaining("\n");
        Files.writeString(config, "[1]");
        assertThatThrownBy(() -> ModelFolder.read(parent)).hasMessageContaining("expected a JSON object");
        Files.writeString(config, "{}");
        assertThatThrownBy(() -> ModelFolder.read(parent)).hasMessageContaining("no weights; expected one of");
    }

    private static void write(Path folder, float value, Existing existing) {
        Map<String, Tensor> state = Map.of("w", Tensor.of(new float[] {value}, 1));
        ModelFolder.write(folder, CONFIG, state, Map.of("format", "pt"), existing);
    }

    private static List<String> names(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(f -> f.getFileName().toString()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
