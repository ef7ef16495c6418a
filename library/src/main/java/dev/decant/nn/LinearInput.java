package dev.decant.nn;

import dev.decant.tensor.DType;
import dev.decant.tensor.Tensor;
import java.util.Optional;

/** What enters a linear map, as its input slot leaves it: numbers, or whole numbers where products of these are faster. */
public final class LinearInput {

    private final long[] shape;
    private final DType dtype;
    private final Optional<Int8Matrix> whole;
    private Optional<Tensor> values;

    private LinearInput(Tensor like, Optional<Int8Matrix> whole, Optional<Tensor> values) {
        shape = like.shape();
        dtype = like.dtype();
        this.whole = whole;
        this.values = values;
    }

    static LinearInput numbers(Tensor values) {
        return new LinearInput(values, Optional.empty(), Optional.of(values));
    }

    /** @param x what was rounded */
    static LinearInput whole(Tensor x, Int8Matrix codes) {
        return new LinearInput(x, Optional.of(codes), Optional.empty());
    }

    Optional<Int8Matrix> whole() {
        return whole;
    }

    /** The numbers, of the shape and type of what was rounded. */
    Tensor values() {
        Tensor found = values.orElseGet(
                () -> whole.orElseThrow().values().reshape(shape).to(dtype));
        values = Optional.of(found);
        return found;
    }

    /** Rows of O results (R, O) in the place of rows of inputs. */
    Tensor shaped(Tensor y, DType type) {
        long[] sides = shape.clone();
        sides[sides.length - 1] = y.size(1);
        return y.reshape(sides).to(type);
    }

    DType dtype() {
        return dtype;
    }
}
