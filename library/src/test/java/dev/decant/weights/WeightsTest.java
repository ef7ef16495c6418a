package dev.decant.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.decant.file.Hashes;
import dev.decant.tensor.DType;
import dev.decant.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WeightsTest {

    private final Map<String, Tensor> model = new LinkedHashMap<>();

    WeightsTest() {
        model.put("fc.weight", Tensor.of(new float[] {0, 0, 0, 0}, 2, 2).requiresGrad(true));
        model.put("fc.bias", Tensor.of(new float[] {0, 0}, 2));
        model.put("norm.num_batches_tracked", Tensor.of(new long[] {5}, 1));
    }

    @Test
    void setsTheTensorsInPlace() {
        Tensor weight = model.get("fc.weight");
        LoadReport report = load(stored(
                StoredTensor.of("fc.weight", new float[] {1, 2, 3, 4}, 2, 2),
                StoredTensor.of("fc.bias", new float[] {5, 6}, 2)));
        assertThat(weight.floats()).containsExactly(1, 2, 3, 4);
        assertThat(weight.requiresGrad()).isTrue();
        assertThat(report.matches()).isTrue();
        assertThat(report.summary()).isEqualTo("some.pth: 2 tensors loaded");
    }

    @Test
    void convertsBetweenFloatingTypesButNotToIntegers() {
        Tensor half = Tensor.of(new float[] {1.5f, -2}, 2).to(DType.F16);
        StoredTensor bias = StoredTensor.of("fc.bias", DType.F16, half.shape(), half.bytes());
        load(stored(StoredTensor.of("fc.weight", new float[4], 2, 2), bias));
        assertThat(model.get("fc.bias").floats()).containsExactly(1.5f, -2);
        Tensor whole = Tensor.of(new long[] {1, 2}, 2);
        StoredTensor wrong = StoredTensor.of("fc.bias", DType.I64, whole.shape(), whole.bytes());
        assertThatThrownBy(() -> load(stored(StoredTensor.of("fc.weight", new float[4], 2, 2), wrong)))
                .hasMessageContaining("1 misshapen (fc.bias: expected F32 (2), found I64 (2))");
    }

    @Test
    void reportsAllMismatchesTogetherAndChangesNothing() {
        StoredTensor[] tensors = new StoredTensor[9];
        tensors[0] = StoredTensor.of("fc.weight", new float[] {1, 2}, 1, 2);
        for (int i = 1; i < 9; i++) {
            tensors[i] = StoredTensor.of("conv" + i, new float[] {1}, 1);
        }
        assertThatThrownBy(() -> load(stored(tensors)))
                .isInstanceOf(WeightsException.class)
                .hasMessage("some.pth: weights of another model: 1 missing (fc.bias);"
                        + " 8 unexpected (conv1, conv2, conv3, conv4, conv5, and 3 more);"
                        + " 1 misshapen (fc.weight: expected F32 (2, 2), found F32 (1, 2))");
        assertThat(model.get("fc.weight").floats()).containsOnly(0);
        LoadReport report =
                Weights.load(Weights.targets(model), stored(tensors), KeyMap.identity(), Strictness.LENIENT);
        assertThat(report.unexpected()).hasSize(8);
        assertThat(report.loaded()).isZero();
    }

    @Test
    void refusesNaNByNameUnlessAllowed() {
        StoredWeights broken = stored(
                StoredTensor.of("fc.weight", new float[] {1, Float.NaN, 3, 4}, 2, 2),
                StoredTensor.of("fc.bias", new float[] {5, Float.NEGATIVE_INFINITY}, 2));
        assertThatThrownBy(() -> load(broken))
                .hasMessage("some.pth: broken weights: 2 with NaN or infinity (fc.weight, fc.bias)");
        assertThat(model.get("fc.bias").floats()).containsOnly(0);
        Weights.load(Weights.targets(model), broken, KeyMap.identity(), new Strictness(false, true));
        assertThat(model.get("fc.bias").floats()[0]).isEqualTo(5);
    }

    @Test
    void seesNonFiniteNumbersOfEveryFloatingType() {
        for (DType dtype : new DType[] {DType.F64, DType.F32, DType.F16, DType.BF16}) {
            for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
                Tensor t = Tensor.of(new float[] {1, bad}, 2).to(dtype);
                assertThat(StoredTensor.of("t", dtype, t.shape(), t.bytes()).hasNonFinite())
                        .isTrue();
            }
            Tensor largest = Tensor.of(new float[] {65504, -1e-7f}, 2).to(dtype);
            assertThat(StoredTensor.of("t", dtype, largest.shape(), largest.bytes())
                            .hasNonFinite())
                    .isFalse();
        }
    }

    @Test
    void mapsNames() {
        KeyMap keys = KeyMap.withoutPrefix("backbone.").then(KeyMap.without("head."));
        assertThat(keys.target("backbone.fc.bias")).isEqualTo(Optional.of("fc.bias"));
        assertThat(keys.target("backbone.head.bias")).isEmpty();
        StoredWeights twice = stored(
                StoredTensor.of("fc.bias", new float[2], 2), StoredTensor.of("backbone.fc.bias", new float[2], 2));
        assertThatThrownBy(() -> Weights.load(Weights.targets(model), twice, keys, Strictness.LENIENT))
                .hasMessageContaining("two of its tensors mean 'fc.bias'");
    }

    @Test
    void namesWhatAFolderLacks(@TempDir Path folder) {
        assertThatThrownBy(() -> Weights.read(folder))
                .hasMessageContaining(
                        "expected one of model.safetensors, model.safetensors.index.json, pytorch_model.bin");
    }

    @Test
    void hashesFiles(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("abc"), "abc");
        assertThat(Hashes.sha256(file)).isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    private LoadReport load(StoredWeights stored) {
        return Weights.load(Weights.targets(model), stored, KeyMap.identity(), Strictness.STRICT);
    }

    private static StoredWeights stored(StoredTensor... tensors) {
        Map<String, StoredTensor> map = new LinkedHashMap<>();
        for (StoredTensor t : tensors) {
            map.put(t.name(), t);
        }
        return new StoredWeights(Path.of("some.pth"), map, Map.of());
    }
}
