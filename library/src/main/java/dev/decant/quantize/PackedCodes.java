package dev.decant.quantize;

import dev.decant.nn.Int8Matrix;
import dev.decant.tensor.DType;
import dev.decant.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The codes of one packed weight: value = (code + lowest) scale + offset, codes counted from 0.
 *
 * @param shape of the weight
 * @param bits of a code in {@code packed}: 1, 2, 4 or 8
 * @param lowest what code 0 means
 * @param group values that share a scale, consecutive in the flattened weight
 * @param packed codes without gaps, the first in the lowest bits of the first byte
 * @param scales one for each group
 * @param offsets one for each group; absent where they are 0
 */
public record PackedCodes(
        List<Long> shape, int bits, int lowest, long group, byte[] packed, float[] scales, Optional<float[]> offsets) {

    static PackedCodes of(PackedWeight form, String name, Map<String, Tensor> state) {
        Tensor codes = PackedWeight.codes(name, state);
        byte[] packed = new byte[Math.toIntExact(codes.elements())];
        codes.bytes().get(packed);
        return new PackedCodes(
                form.shape(),
                form.bits(),
                form.lowest(),
                form.group(),
                packed,
                PackedWeight.scales(name, state),
                PackedWeight.offsets(name, state));
    }

    /** Whether a tensor of a packed file belongs to a packed weight. */
    public static boolean isPart(String key) {
        int dot = key.lastIndexOf('.');
        return dot > 0 && PackedWeight.isPart(key, key.substring(0, dot));
    }

    public long elements() {
        return shape.stream().mapToLong(Long::longValue).reduce(1, Math::multiplyExact);
    }

    /** One code to a byte. */
    public byte[] bytes() {
        int[] codes = Bits.unpack(packed, Math.toIntExact(elements()), bits);
        byte[] bytes = new byte[codes.length];
        for (int i = 0; i < codes.length; i++) {
            bytes[i] = (byte) codes[i];
        }
        return bytes;
    }

    /** As a matrix of whole numbers, if it is one with one scale for each row or for all, and no offset. */
    Optional<Int8Matrix> whole() {
        boolean isMatrix = shape.size() == 2 && (group == shape.get(1) || group == elements());
        if (!isMatrix || (offsets.isPresent() && !isBinary())) {
            return Optional.empty();
        }
        int step = offsets.isPresent() ? 2 : 1; // binary codes are -1 and 1
        byte[] bytes = bytes();
        for (int i = 0; i < bytes.length; i++) {
            int code = Byte.toUnsignedInt(bytes[i]) * step + lowest;
            if (code != (byte) code) {
                return Optional.empty();
            }
            bytes[i] = (byte) code;
        }
        return Optional.of(Int8Matrix.of(
                Tensor.fromBuffer(ByteBuffer.wrap(bytes), DType.I8, shape.get(0), shape.get(1)),
                Tensor.of(scales, scales.length, 1).div(step)));
    }

    /** Whether values are (2 code - 1) scale / 2, as a binary weight is packed. */
    private boolean isBinary() {
        float[] shifts = offsets.orElse(new float[0]);
        return bits == 1
                && lowest == -1
                && shifts.length == scales.length
                && IntStream.range(0, scales.length).allMatch(g -> shifts[g] * 2 == scales[g]);
    }
}
