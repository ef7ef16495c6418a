package dev.decant.quantize;

import dev.decant.tensor.Tensor;
import java.util.Optional;

/**
 * Values in groups, each value a whole number in units of its group's scale: value = code * scale + offset.
 *
 * @param codes (G, K), whole numbers as F32 or F64
 * @param scale (G, 1), at least 0; a group of zeros has scale 0
 * @param offset (G, 1); absent where it is 0
 */
record Codes(Tensor codes, Tensor scale, Optional<Tensor> offset) {

    public static Codes of(Tensor codes, Tensor scale) {
        return new Codes(codes, scale, Optional.empty());
    }

    /** What the codes stand for, (G, K). */
    public Tensor values() {
        Tensor values = codes.mul(scale);
        return offset.isPresent() ? values.add(offset.get()) : values;
    }

    /** The same in the memory of the codes, which are gone then. */
    Tensor intoValues() {
        Tensor values = codes.mulInPlace(scale);
        return offset.isPresent() ? values.addInPlace(offset.get(), 1) : values;
    }
}
