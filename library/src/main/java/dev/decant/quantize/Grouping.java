package dev.decant.quantize;

import dev.decant.ModelException;
import dev.decant.tensor.Tensor;

/**
 * Which values share a scale.
 *
 * @param kind how they are grouped
 * @param block values in a block; only for {@link Kind#BLOCK}
 */
public record Grouping(Kind kind, int block) {

    /** All values together. */
    public static final Grouping TENSOR = new Grouping(Kind.TENSOR, 0);

    /** One scale for each row of a weight: output channel, word. */
    public static final Grouping ROW = new Grouping(Kind.ROW, 0);

    /** One scale for each vector along the last dimension of an activation: token, query. */
    public static final Grouping TOKEN = new Grouping(Kind.TOKEN, 0);

    /** How values are grouped. */
    public enum Kind {
        TENSOR,
        ROW,
        TOKEN,
        BLOCK
    }

    public Grouping {
        if (kind == Kind.BLOCK && block < 1) {
            throw new ModelException("a block must have at least 1 value, got " + block);
        }
    }

    /** Consecutive values along the last dimension, which must be a multiple of {@code size}. */
    public static Grouping blocks(int size) {
        return new Grouping(Kind.BLOCK, size);
    }

    /** The values as (G, K), a group in each row. */
    public Tensor split(Tensor x) {
        return switch (kind) {
            case TENSOR -> x.reshape(1, -1);
            case ROW -> x.reshape(x.rank() == 0 ? 1 : x.size(0), -1);
            case TOKEN -> x.reshape(-1, x.size(-1));
            case BLOCK -> blocked(x);
        };
    }

    private Tensor blocked(Tensor x) {
        long row = x.elements() / x.size(0);
        if (row % block != 0) {
            throw new ModelException("rows of " + row + " values do not divide into blocks of " + block);
        }
        return x.reshape(-1, block);
    }
}
