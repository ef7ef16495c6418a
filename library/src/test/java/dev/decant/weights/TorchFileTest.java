package dev.decant.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.decant.UserException;
import dev.decant.tensor.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TorchFileTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"every_dtype.pth", "every_dtype_legacy.pth"})
    void holdsTheSameTensorsAsTheSafetensorsFile(String name) {
        StoredWeights torch = TorchFile.read(Fixtures.file(name));
        StoredWeights safe = Safetensors.read(Fixtures.file("every_dtype.safetensors"));
        assertThat(torch.tensors().keySet())
                .containsExactlyInAnyOrderElementsOf(safe.tensors().keySet());
        safe.tensors().forEach((key, expected) -> {
            StoredTensor found = torch.tensors().get(key);
            assertThat(found).asString().isEqualTo(expected.toString());
            assertThat(found.data()).isEqualTo(expected.data());
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"strided.pth", "strided_legacy.pth"})
    void unfoldsViewsOfOneStorage(String name) {
        var tensors = TorchFile.read(Fixtures.file(name)).tensors();
        assertThat(tensors.keySet())
                .containsExactly("base", "tied", "transposed", "row", "column", "every_second", "expanded", "other");
        assertThat(Fixtures.values(tensors.get("tied"))).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
        assertThat(tensors.get("transposed").shape()).containsExactly(4, 3);
        assertThat(Fixtures.values(tensors.get("transposed"))).containsExactly(0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11);
        assertThat(Fixtures.values(tensors.get("row"))).containsExactly(4, 5, 6, 7);
        assertThat(Fixtures.values(tensors.get("column"))).containsExactly(2, 6, 10);
        assertThat(Fixtures.values(tensors.get("every_second"))).containsExactly(0, 2, 4, 6, 8, 10);
        assertThat(Fixtures.values(tensors.get("expanded"))).containsExactly(1, 1, 1, 1);
        assertThat(tensors.get("other").dtype()).isEqualTo(DType.I64);
        assertThat(Fixtures.values(tensors.get("other"))).containsExactly(1, 2, 3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"training.pth", "training_protocol4.pth"})
    void unwrapsATrainingCheckpoint(String name) {
        var tensors = TorchFile.read(Fixtures.file(name)).tensors();
        assertThat(tensors.keySet())
                .containsExactly(
                        "fc.weight",
                        "fc.bias",
                        "norm.weight",
                        "norm.bias",
                        "norm.running_mean",
                        "norm.running_var",
                        "norm.num_batches_tracked");
        assertThat(tensors.get("fc.weight").shape()).containsExactly(2, 3);
        assertThat(Fixtures.values(tensors.get("norm.running_var"))).containsExactly(1, 1);
    }

    @Test
    void readsParameters() {
        StoredTensor w =
                TorchFile.read(Fixtures.file("parameter.pth")).tensors().get("w");
        assertThat(Fixtures.values(w)).containsExactly(1, 1);
    }

    @ParameterizedTest
    @CsvSource({
        "malicious.pth, carries code: refuses to build posix.system",
        "malicious_legacy.pth, carries code: refuses to build posix.system",
        "bare_malicious.bin, carries code: refuses to build posix.system",
        "whole_module.pth, carries code: refuses to build __main__.Net",
        "big_endian.pth, big-endian",
        "uint16.pth, holds torch.uint16 elements",
        "every_dtype.safetensors, not a PyTorch file",
    })
    void refusesWhatIsNoPlainWeightFile(String name, String message) {
        Path file = Fixtures.file(name);
        assertThatThrownBy(() -> TorchFile.read(file))
                .isInstanceOf(WeightsException.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageContaining(message)
                .hasMessageNotContaining("\n");
    }

    @Test
    void refusesEveryTruncation() throws IOException {
        for (String name : new String[] {"strided.pth", "strided_legacy.pth"}) {
            byte[] whole = Files.readAllBytes(Fixtures.file(name));
            for (int length = 0; length < whole.length; length += 7) {
                Path cut = Files.write(folder.resolve("cut.pth"), Arrays.copyOf(whole, length));
                assertThatThrownBy(() -> TorchFile.read(cut)).isInstanceOf(UserException.class);
            }
        }
    }

    @Test
    void refusesAViewBeyondItsStorage() throws IOException {
        byte[] bytes = Files.readAllBytes(Fixtures.file("strided_legacy.pth"));
        // The base tensor's sizes (3, 4) are pickled as K 3 K 4; make them (3, 5) and its strides still those of 4.
        int at = indexOf(bytes, new byte[] {'K', 3, 'K', 4, (byte) 0x86});
        bytes[at + 3] = 5;
        Path file = Files.write(folder.resolve("beyond.pth"), bytes);
        assertThatThrownBy(() -> TorchFile.read(file))
                .hasMessageContaining("'base' reaches to byte 52 of a storage of 48");
    }

    @Test
    void dispatchesByContent() throws IOException {
        Path renamed = folder.resolve("weights.dat");
        Files.copy(Fixtures.file("strided.pth"), renamed);
        assertThat(Weights.read(renamed).tensors()).hasSize(8);
        Path safe = folder.resolve("other.dat");
        Files.copy(Fixtures.file("every_dtype.safetensors"), safe);
        assertThat(Weights.read(safe).tensors()).hasSize(12);
        Files.copy(Fixtures.file("strided_legacy.pth"), folder.resolve("pytorch_model.bin"));
        assertThat(Weights.read(folder).tensors()).hasSize(8);
        assertThatThrownBy(() -> Weights.read(folder.resolve("absent.pth")))
                .hasMessage(folder.resolve("absent.pth") + ": does not exist");
    }

    private static int indexOf(byte[] in, byte[] what) {
        for (int i = 0; i + what.length <= in.length; i++) {
            if (Arrays.equals(in, i, i + what.length, what, 0, what.length)) {
                return i;
            }
        }
        throw new AssertionError("pattern not found");
    }
}
