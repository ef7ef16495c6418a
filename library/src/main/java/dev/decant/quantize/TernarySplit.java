package dev.decant.quantize;

import dev.decant.tensor.DType;
import dev.decant.tensor.Tensor;

/**
 * Splits a ternary weight into two binary ones (BinaryBERT, Bai et al. 2020, arXiv 2012.15701): w1 + w2 = w, and the binary
 * values of w1 and w2 add up to the ternary values of w. In double precision.
 *
 * <p>Z are the places where the ternary value is 0, N the size of the group, alpha the ternary scale: b = (alpha N - sum|w|) / (2|Z|);
 * a = (A11 + A22 - A12) / (2 A11) with A11 = sum of |w| off Z, A12 = sum over Z of |w + b| where w > 0 and |b| elsewhere, A22 =
 * sum over Z of |w - b| where w < 0 and |b| elsewhere. Off Z: w1 = a w, w2 = (1 - a) w. On Z: w1 = w + b, w2 = -b where w > 0;
 * w1 = b, w2 = w - b elsewhere.
 *
 * @param first (G, K)
 * @param second (G, K)
 */
record TernarySplit(Tensor first, Tensor second) {

    /** @param groups (G, K); a group without zeros in its ternary form is halved */
    public static TernarySplit of(Tensor groups) {
        Tensor w = groups.to(DType.F64);
        Codes ternary = new Grid.Twn().codes(w);
        Tensor zero = ternary.codes().eq(0).to(DType.F64);
        Tensor off = zero.neg().add(1);
        Tensor positive = w.gt(0).to(DType.F64);
        Tensor negative = w.lt(0).to(DType.F64);
        Tensor zeros = zero.sum(true, 1);
        Tensor b = ternary.scale()
                .mul((double) w.size(1))
                .sub(w.abs().sum(true, 1))
                .div(zeros.clampMin(1).mul(2));
        Tensor a11 = w.abs().mul(off).sum(true, 1);
        Tensor a12 = w.mul(positive).add(b).abs().mul(zero).sum(true, 1);
        Tensor a22 = w.mul(negative).sub(b).abs().mul(zero).sum(true, 1);
        Tensor a = a11.add(a22).sub(a12).mul(Grid.inverse(a11)).mul(0.5);
        Tensor first = Tensor.where(zero.gt(0), w.mul(positive).add(b), w.mul(a)); // w + b, or b where w is not above 0
        return new TernarySplit(first, w.sub(first));
    }
}
