package dev.decant.metric;

import dev.decant.tensor.DType;
import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import java.util.Arrays;

/**
 * What a self-attention layer moves, by the norms of Kobayashi et al. 2020 (arXiv:2004.10102): with α the map and f_h(x_j) =
 * v_hj W_h the value of token j in head h after the head's part of the output projection (no bias), the sizes of what
 * generates a map and of what the layer propagates.
 *
 * @param map α, (H, n, n)
 * @param transformed ‖f_h(x_j)‖, (H, n)
 * @param propagated ‖Σ_h α_hij f_h(x_j)‖, (n, n), row i is the query
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record AttentionNorms(double[][][] map, double[][] transformed, double[][] propagated) {

    /**
     * Means over some tokens.
     *
     * @param map of α over heads, queries and these keys; over all keys it is 1/n, whatever the map
     * @param transformed of ‖f‖ over heads and these tokens
     * @param propagated of ‖Σ_h α f‖ over these queries and all keys
     */
    public record Means(double map, double transformed, double propagated) {

        /** |a - b| of each: the difference of means, not the mean difference. */
        public Means distance(Means o) {
            return new Means(
                    Math.abs(map - o.map), Math.abs(transformed - o.transformed), Math.abs(propagated - o.propagated));
        }
    }

    /**
     * Takes the norms, in F64, of one sample.
     *
     * @param map (H, n, n)
     * @param value (H, n, D)
     * @param output weight of the output projection (C, H·D), as the layer uses it
     */
    public static AttentionNorms of(Tensor map, Tensor value, Tensor output) {
        requireShapes(map, value, output);
        try (NoGrad quiet = NoGrad.open();
                Scope scope = Scope.open()) {
            long h = value.size(0);
            long n = value.size(1);
            long d = value.size(2);
            Tensor a = map.to(DType.F64);
            Tensor w = output.to(DType.F64).reshape(-1, h, d).permute(1, 2, 0); // (H, D, C)
            Tensor f = value.to(DType.F64).matmul(w); // (H, n, C)
            Tensor byKey = f.transpose(0, 1); // (n, H, C)
            Tensor products = byKey.matmul(byKey.transpose(1, 2)); // (n, H, H): f_h(x_j) · f_g(x_j)
            Tensor weights = a.permute(2, 1, 0); // (key, query, H)
            Tensor squares = weights.matmul(products).mul(weights).sum(2); // (key, query)
            return new AttentionNorms(
                    cube(a, (int) h, (int) n),
                    rows(f.square().sum(2).sqrt(), (int) n),
                    rows(squares.clampMin(0).sqrt().transpose(0, 1), (int) n));
        }
    }

    /** Means over the tokens at the given places, at least one. */
    public Means means(int... tokens) {
        if (tokens.length == 0) {
            throw new IllegalArgumentException("means of attention norms need at least one token");
        }
        double mapSum = 0;
        double transformedSum = 0;
        double propagatedSum = 0;
        int n = propagated.length;
        for (int token : tokens) {
            for (int h = 0; h < map.length; h++) {
                for (int i = 0; i < n; i++) {
                    mapSum += map[h][i][token];
                }
                transformedSum += transformed[h][token];
            }
            propagatedSum += Arrays.stream(propagated[token]).sum();
        }
        double heads = map.length;
        double count = tokens.length;
        return new Means(mapSum / (heads * n * count), transformedSum / (heads * count), propagatedSum / (n * count));
    }

    private static void requireShapes(Tensor map, Tensor value, Tensor output) {
        boolean fits = map.rank() == 3
                && value.rank() == 3
                && output.rank() == 2
                && map.size(0) == value.size(0)
                && map.size(1) == value.size(1)
                && map.size(2) == value.size(1)
                && output.size(1) == value.size(0) * value.size(2);
        if (!fits) {
            throw new IllegalArgumentException(
                    "attention norms need a map (H, n, n), values (H, n, D) and a projection (C, H*D), found "
                            + Arrays.toString(map.shape()) + ", " + Arrays.toString(value.shape()) + " and "
                            + Arrays.toString(output.shape()));
        }
    }

    private static double[][][] cube(Tensor t, int h, int n) {
        double[][] flat = rows(t.reshape((long) h * n, n), n);
        double[][][] cube = new double[h][][];
        Arrays.setAll(cube, i -> Arrays.copyOfRange(flat, i * n, (i + 1) * n));
        return cube;
    }

    private static double[][] rows(Tensor t, int width) {
        double[] flat = t.doubles();
        double[][] rows = new double[flat.length / width][];
        Arrays.setAll(rows, i -> Arrays.copyOfRange(flat, i * width, (i + 1) * width));
        return rows;
    }
}
