package dev.decant.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.decant.file.AtomicFile;
import dev.decant.tensor.DType;
import dev.decant.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SafetensorsTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(DType.class)
    void readsEveryType(DType dtype) {
        StoredTensor t = Safetensors.read(Fixtures.file("every_dtype.safetensors"))
                .tensors()
                .get(dtype.name().toLowerCase(java.util.Locale.ROOT));
        double[] expected = dtype == DType.BOOL ? new double[] {0, 1, 0, 1, 0, 1} : new double[] {0, 1, 2, 3, 4, 5};
        assertThat(t.dtype()).isEqualTo(dtype);
        assertThat(t.shape()).containsExactly(2, 3);
        assertThat(Fixtures.values(t)).containsExactly(expected);
        assertThat(t.toTensor().doubles()).containsExactly(expected);
    }

    @Test
    void readsScalarsEmptyTensorsAndNotes() {
        StoredWeights stored = Safetensors.read(Fixtures.file("every_dtype.safetensors"));
        assertThat(stored.tensors().get("scalar").shape()).isEmpty();
        assertThat(stored.tensors().get("scalar").at(0)).isEqualTo(7);
        assertThat(stored.tensors().get("empty").shape()).containsExactly(0, 4);
        assertThat(stored.tensors().get("empty").toTensor().shape()).containsExactly(0, 4);
        assertThat(stored.metadata()).containsExactly(Map.entry("format", "pt"));
    }

    @Test
    void writesTheBytesOfTheReferenceImplementation() throws IOException {
        Path reference = Fixtures.file("every_dtype.safetensors");
        StoredWeights stored = Safetensors.read(reference);
        Path written = folder.resolve("again.safetensors");
        Safetensors.write(written, stored.tensors(), stored.metadata());
        assertThat(written).hasSameBinaryContentAs(reference);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        stored.tensors().forEach((name, t) -> tensors.put(name, t.toTensor()));
        Path fromTensors = folder.resolve("tensors.safetensors");
        Safetensors.writeTensors(fromTensors, tensors, stored.metadata());
        assertThat(fromTensors).hasSameBinaryContentAs(reference);
    }

    @Test
    void writesOverTheFileItReads() {
        Path file = folder.resolve("model.safetensors");
        Safetensors.write(file, Map.of("a", StoredTensor.of("a", new float[] {1, 2}, 2)), Map.of());
        Safetensors.write(file, Safetensors.read(file).tensors(), Map.of("note", "zwölf \"äöü\""));
        assertThat(Safetensors.read(file).metadata()).containsEntry("note", "zwölf \"äöü\"");
        assertThat(Safetensors.read(file).tensors().get("a").at(1)).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}} | takes 8 bytes, but its data_offsets span 4",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}} | leave a gap",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}} | the file has 8",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,12]}} | truncated: its tensors take 12 bytes, the file has 8",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]}} | expected [begin, end]",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}} | whole numbers from 0 on",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1.5],\"data_offsets\":[0,8]}} | whole numbers from 0 on",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,8]}} | beyond all bounds",
                "{\"a\":{\"dtype\":\"F8_E4M3\",\"shape\":[8],\"data_offsets\":[0,8]}} | 'a' has dtype F8_E4M3",
                "{\"a\":{\"shape\":[8],\"data_offsets\":[0,8]}} | dtype (none)",
                "{\"a\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8]},\"a\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8]}} | Duplicate field 'a'",
                "{\"a\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8]},\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}} | overlap",
                "{\"a\":3} | dtype (none)",
                "{\"a\": | not valid JSON",
                "{} {} | not valid JSON",
                "{\"__metadata__\":{\"a\":1}} | not a string",
                "[] | does not begin with '{'",
            })
    void refusesAHeaderThatLies(String header, String message) throws IOException {
        Path file = withHeader(header, header.length());
        assertThatThrownBy(() -> Safetensors.read(file))
                .isInstanceOf(WeightsException.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageContaining(message)
                .hasMessageNotContaining("\n");
    }

    @Test
    void refusesAHeaderBeyondTheFileOrAllReason() throws IOException {
        assertThatThrownBy(() -> Safetensors.read(withHeader("{}", 1000)))
                .hasMessageContaining("a header of 1000 bytes");
        assertThatThrownBy(() -> Safetensors.read(withHeader("{}", 100_000_001)))
                .hasMessageContaining("100000001 bytes");
        assertThatThrownBy(() -> Safetensors.read(withHeader("{}", -1))).hasMessageContaining("18446744073709551615");
        Files.write(folder.resolve("short.safetensors"), new byte[3]);
        assertThatThrownBy(() -> Safetensors.read(folder.resolve("short.safetensors")))
                .hasMessageContaining("3 bytes");
    }

    @Test
    void leavesTheOldFileAndNoTemporaryWhenWritingFails() throws IOException {
        Path file = folder.resolve("model.safetensors");
        Files.writeString(file, "old");
        assertThatThrownBy(() -> AtomicFile.write(file, channel -> {
                    AtomicFile.writeFully(channel, ByteBuffer.wrap(new byte[10]));
                    throw new IOException("No space left on device");
                }))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessage("cannot write " + file + ": No space left on device");
        assertThat(file).hasContent("old");
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
        assertThatThrownBy(() -> AtomicFile.write(folder.resolve("no/such/file"), new byte[1]))
                .hasMessageEndingWith("no/such/file: does not exist");
    }

    @Test
    void readsShardsThroughTheirIndexAndStaysInTheFolder() throws IOException {
        Safetensors.write(
                folder.resolve("1.safetensors"), Map.of("a", StoredTensor.of("a", new float[] {1}, 1)), Map.of());
        Safetensors.write(
                folder.resolve("2.safetensors"), Map.of("b", StoredTensor.of("b", new float[] {2}, 1)), Map.of());
        Path index = folder.resolve("model.safetensors.index.json");
        Files.writeString(index, "{\"weight_map\":{\"a\":\"1.safetensors\",\"b\":\"2.safetensors\"}}");
        StoredWeights stored = Weights.read(folder);
        assertThat(stored.tensors().keySet()).containsExactly("a", "b");
        assertThat(stored.tensors().get("b").at(0)).isEqualTo(2);
        for (String bad : List.of("../1.safetensors", "/etc/passwd", "")) {
            Files.writeString(index, "{\"weight_map\":{\"a\":\"" + bad + "\"}}");
            assertThatThrownBy(() -> Weights.read(folder)).hasMessageContaining("expected the name of a file beside");
        }
        Files.writeString(index, "{\"weight_map\":{\"c\":\"1.safetensors\"}}");
        assertThatThrownBy(() -> Weights.read(folder)).hasMessageContaining("'c' is not in '1.safetensors'");
    }

    private Path withHeader(String header, long length) throws IOException {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(8 + json.length + 8).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(length).put(json);
        return Files.write(folder.resolve("lies.safetensors"), bytes.array());
    }
}
