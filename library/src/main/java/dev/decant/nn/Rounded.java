package dev.decant.nn;

import dev.decant.tensor.DType;
import dev.decant.tensor.Tensor;
import java.util.Optional;

/** What enters a linear map, as its input slot leaves it: numbers, or whole numbers where products of these are faster. */
public final class Rounded {

    private final long[] shape;
    private final DType dtype;
    private final Optional<Whole> whole;
    private Optional<Tensor> values;

    private Rounded(Tensor like, Optional<Whole> whole, Optional<Tensor> values) {
        shape = like.shape();
        dtype = like.dtype();
        this.whole = whole;
        this.values = values;
    }

    static Rounded numbers(Tensor values) {
        return new Rounded(values, Optional.empty(), Optional.of(values));
    }

    /** @param x what was rounded */
    static Rounded whole(Tensor x, Whole codes) {
        return new Rounded(x, Optional.of(codes), Optional.empty());
    }

    Optional<Whole> whole() {
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
