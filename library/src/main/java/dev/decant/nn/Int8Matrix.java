package dev.decant.nn;

import dev.decant.tensor.DType;
import dev.decant.tensor.Ops;
import dev.decant.tensor.RowChunks;
import dev.decant.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * A matrix in whole numbers: value = code * scale + offset.
 *
 * @param codes (R, K), I8
 * @param scale of each row (R, 1), or one for all (1, 1)
 * @param offset as the scale; absent where it is 0
 */
public record Int8Matrix(Tensor codes, Tensor scale, Optional<Tensor> offset) {

    public static Int8Matrix of(Tensor codes, Tensor scale) {
        return new Int8Matrix(codes, scale, Optional.empty());
    }

    /** The numbers it stands for, (R, K). */
    public Tensor values() {
        Tensor values = codes.to(scale.dtype()).mul(scale);
        return offset.isPresent() ? values.add(offset.get()) : values;
    }

    /**
     * x W' + b of this x (R, K) and a weight (O, K) without offset: the products of codes are summed exactly, and scaled once.
     *
     * @param bias (O), or none
     * @return (R, O)
     */
    Tensor times(Int8Matrix weight, List<Tensor> bias) {
        Tensor columns = weight.scale.reshape(1, -1); // (1, O) or (1, 1)
        List<Tensor> added = bias.stream().map(b -> b.to(scale.dtype())).toList();
        Optional<Tensor> sums =
                offset.map(o -> weight.codes.to(o.dtype()).sum(false, 1).mul(columns)); // (1, O)
        if (offset.isEmpty() && !RowChunks.help(codes)) {
            Tensor all = Ops.byteProduct(codes, weight.codes)
                    .to(scale.dtype())
                    .mulInPlace(scale)
                    .mulInPlace(columns);
            return added.isEmpty() ? all : all.addInPlace(added.get(0), 1);
        }
        Tensor y = Tensor.empty(scale.dtype(), codes.size(0), weight.codes.size(0));
        RowChunks.each(codes.size(0), Math.max(codes.size(1), y.size(1)), (from, count) -> {
            Tensor part = y.narrow(0, from, count);
            part.copyFrom(Ops.byteProduct(codes.narrow(0, from, count), weight.codes));
            part.mulInPlace(rows(scale, from, count)).mulInPlace(columns);
            sums.ifPresent(
                    s -> part.addInPlace(rows(offset.orElseThrow(), from, count).mul(s), 1));
            added.forEach(b -> part.addInPlace(b, 1));
        });
        return y;
    }

    private static Tensor rows(Tensor perRow, long from, long count) {
        return perRow.size(0) == 1 ? perRow : perRow.narrow(0, from, count);
    }

    /** The same of other references to its tensors: those that outlive a scope. */
    Int8Matrix mapped(UnaryOperator<Tensor> reference) {
        return new Int8Matrix(reference.apply(codes), reference.apply(scale), offset.map(reference));
    }

    /** Whether it stands for a tensor of this shape. */
    boolean fits(long... shape) {
        return shape.length == 2 && codes.size(0) == shape[0] && codes.size(1) == shape[1] && codes.dtype() == DType.I8;
    }
}
