package dev.decant.loss;

import dev.decant.tensor.Tensor;

/**
 * Moves features between grids of tokens (N, g², D), row by row from the top left, and images (N, C, H, W), so that a hint
 * can be compared across architectures. No values change and gradients flow through.
 *
 * <p>Class tokens are to be removed first: a number of tokens that is no square is an {@link IllegalArgumentException}.
 */
public final class Rearrange {

    private Rearrange() {}

    /** (N, g², D) to (N, D, g, g). */
    public static Tensor toImage(Tensor tokens) {
        long g = grid(tokens);
        return tokens.transpose(1, 2).reshape(tokens.size(0), tokens.size(2), g, g);
    }

    /** (N, C, H, W) to (N, H W, C). */
    public static Tensor toTokens(Tensor image) {
        Shapes.rank("image", image, 4, "(N, C, H, W)");
        return image.flatten(2).transpose(1, 2);
    }

    /**
     * Joins square cells of tokens: (N, g², D) to (N, (g/cell)², cell² D), ordered row in the cell, column in the cell,
     * channel, the channel fastest.
     */
    public static Tensor spaceToDepth(Tensor tokens, long cell) {
        return cells(tokens, cell).permute(0, 1, 3, 2, 4, 5).reshape(cellShape(tokens, cell));
    }

    /**
     * Joins cells of two by two tokens as patch merging does: (N, g², D) to (N, (g/2)², 4 D), ordered (row 0, column 0),
     * (row 1, column 0), (row 0, column 1), (row 1, column 1): column by column, unlike {@link #spaceToDepth}.
     */
    public static Tensor mergePatches(Tensor tokens) {
        return cells(tokens, 2).permute(0, 1, 3, 4, 2, 5).reshape(cellShape(tokens, 2));
    }

    /** Tokens (N, g², p² C), each ordered row, column, channel, to the image (N, C, g p, g p). */
    public static Tensor unpatchify(Tensor tokens, long patch) {
        long g = grid(tokens);
        long area = patch * patch;
        Shapes.require(
                patch > 0 && tokens.size(2) % area == 0,
                "tokens " + Shapes.of(tokens) + " must have a width divisible by " + patch + " x " + patch);
        long channels = tokens.size(2) / area;
        return tokens.reshape(tokens.size(0), g, g, patch, patch, channels)
                .permute(0, 5, 1, 3, 2, 4)
                .reshape(tokens.size(0), channels, g * patch, g * patch);
    }

    /** (N, L, D) cut anew into {@code count} tokens (N, count, L D / count) as the values lie; keeps no places. */
    public static Tensor raster(Tensor tokens, long count) {
        Shapes.rank("tokens", tokens, 3, "(N, L, D)");
        long values = tokens.size(1) * tokens.size(2);
        Shapes.require(
                count > 0 && values % count == 0,
                "tokens " + Shapes.of(tokens) + " cannot be cut into " + count + " equal tokens");
        return tokens.reshape(tokens.size(0), count, values / count);
    }

    /** (N, cell row, row in cell, cell column, column in cell, D). */
    private static Tensor cells(Tensor tokens, long cell) {
        long g = grid(tokens);
        Shapes.require(
                cell > 0 && g % cell == 0,
                "a grid of " + g + " x " + g + " tokens cannot be cut into cells of " + cell + " x " + cell);
        return tokens.reshape(tokens.size(0), g / cell, cell, g / cell, cell, tokens.size(2));
    }

    private static long[] cellShape(Tensor tokens, long cell) {
        long area = cell * cell;
        return new long[] {tokens.size(0), tokens.size(1) / area, area * tokens.size(2)};
    }

    private static long grid(Tensor tokens) {
        Shapes.rank("tokens", tokens, 3, "(N, g x g, D)");
        long g = Math.round(Math.sqrt(tokens.size(1)));
        Shapes.require(g * g == tokens.size(1), "tokens " + Shapes.of(tokens) + " do not form a square grid");
        return g;
    }
}
