package dev.decant.quantize;

import dev.decant.tensor.DType;
import dev.decant.tensor.Tensor;
import dev.decant.weights.StoredTensor;
import dev.decant.weights.StoredWeights;
import dev.decant.weights.WeightsException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * How one weight is packed: {@code NAME.codes} (bytes), {@code NAME.scales} and, where values have one, {@code NAME.offsets} (F32, one
 * for each group). The value of code c, counted from 0, in group g is (c + lowest) scale_g + offset_g.
 *
 * @param shape of the weight
 * @param bits of a code: 1, 2, 4 or 8
 * @param lowest what code 0 means
 * @param levels how many codes there are
 * @param group values that share a scale, consecutive in the flattened weight
 */
record PackedWeight(List<Long> shape, int bits, int lowest, int levels, long group) {

    private static final String CODES = ".codes";
    private static final String SCALES = ".scales";
    private static final String OFFSETS = ".offsets";

    /** The weight's tensors in a file, and how to read them. */
    record Written(PackedWeight form, Map<String, Tensor> tensors) {}

    static Written of(String name, Tensor weight, CodeQuantizer quantizer) {
        quantizer.start(weight);
        Codes codes = quantizer.codes(weight);
        int lowest = quantizer.lowest();
        int bits = Bits.stored(quantizer.bits());
        int step = bits == 1 ? quantizer.highest() - lowest : 1; // binary has -1 and 1 alone
        float[] values = codes.codes().to(DType.F32).floats();
        int[] counted = new int[values.length];
        for (int i = 0; i < values.length; i++) {
            counted[i] = ((int) values[i] - lowest) / step;
        }
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        byte[] packed = Bits.pack(counted, bits);
        tensors.put(name + CODES, Tensor.fromBuffer(ByteBuffer.wrap(packed), DType.U8, packed.length));
        Tensor scale = codes.scale().to(DType.F32).contiguous().reshape(-1);
        Tensor offset = codes.offset()
                .map(o -> o.to(DType.F32).contiguous().reshape(-1))
                .orElse(scale.zerosLike());
        if (step != 1) {
            tensors.put(name + SCALES, scale.mul(step));
            tensors.put(name + OFFSETS, offset.sub(scale.mul((double) step * lowest - lowest)));
        } else {
            tensors.put(name + SCALES, scale);
            codes.offset().ifPresent(o -> tensors.put(name + OFFSETS, offset));
        }
        List<Long> shape = java.util.Arrays.stream(weight.shape()).boxed().toList();
        long group = codes.codes().size(1);
        int levels = (quantizer.highest() - lowest) / step + 1;
        return new Written(new PackedWeight(shape, bits, lowest, levels, group), tensors);
    }

    long elements() {
        return shape.stream().mapToLong(Long::longValue).reduce(1, Math::multiplyExact);
    }

    static boolean isPart(String key, String name) {
        return key.equals(name + CODES) || key.equals(name + SCALES) || key.equals(name + OFFSETS);
    }

    static Tensor codes(String name, Map<String, Tensor> state) {
        return Objects.requireNonNull(state.get(name + CODES), name);
    }

    static float[] scales(String name, Map<String, Tensor> state) {
        return Objects.requireNonNull(state.get(name + SCALES), name).floats();
    }

    static Optional<float[]> offsets(String name, Map<String, Tensor> state) {
        return Optional.ofNullable(state.get(name + OFFSETS)).map(Tensor::floats);
    }

    /**
     * The weight as plain numbers.
     *
     * @throws WeightsException if a part is missing, of another size, or holds what cannot be
     */
    StoredTensor unpack(String name, StoredWeights from) {
        int count = Math.toIntExact(elements());
        long groups = count / group;
        byte[] packed = bytes(from, name + CODES, Bits.bytes(count, bits));
        float[] scales = floats(from, name + SCALES, groups);
        Optional<float[]> offsets = from.tensors().containsKey(name + OFFSETS)
                ? Optional.of(floats(from, name + OFFSETS, groups))
                : Optional.empty();
        int[] codes = Bits.unpack(packed, count, bits);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            if (codes[i] >= levels) {
                throw WeightsException.in(
                        from.source(),
                        "'" + name + CODES + "' holds the code " + codes[i] + " at " + i + ", there are " + levels
                                + " levels");
            }
            int g = (int) (i / group);
            float value = (codes[i] + lowest) * scales[g];
            values[i] = offsets.isPresent() ? value + offsets.get()[g] : value;
        }
        return StoredTensor.of(
                name, values, shape.stream().mapToLong(Long::longValue).toArray());
    }

    private static StoredTensor part(StoredWeights from, String key, DType dtype, long count) {
        StoredTensor part = from.tensors().get(key);
        if (part == null) {
            throw WeightsException.in(from.source(), "no '" + key + "', which the config says is there");
        }
        if (part.dtype() != dtype || part.elements() != count) {
            throw WeightsException.in(
                    from.source(), "'" + key + "': expected " + count + " of " + dtype + ", found " + part);
        }
        return part;
    }

    private static byte[] bytes(StoredWeights from, String key, long count) {
        byte[] bytes = new byte[Math.toIntExact(count)];
        part(from, key, DType.U8, count).data().get(bytes);
        return bytes;
    }

    private static float[] floats(StoredWeights from, String key, long count) {
        float[] values = new float[Math.toIntExact(count)];
        part(from, key, DType.F32, count)
                .data()
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer()
                .get(values);
        for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
                throw WeightsException.in(from.source(), "'" + key + "' is not a number at " + i);
            }
        }
        return values;
    }
}
