package dev.decant.model.vision;

import dev.decant.tensor.Tensor;
import java.util.Optional;

/**
 * How a square grid of tokens is cut into square windows, possibly after a cyclic shift; splits, joins and masks.
 *
 * @param grid side of the grid
 * @param size side of a window
 * @param shift tokens by which the grid is rolled up and left before it is cut; zero for none
 */
public record Windows(int grid, int size, int shift) {

    private static final double MASKED = -100;

    /**
     * Windows as Swin takes them: never larger than the grid, and not shifted when one covers it.
     *
     * @param nominal the grid by repeated halving, rounded down, which decides size and shift
     * @param actual the grid that arrives, rounded up
     * @param wanted the size asked for
     */
    static Windows of(int nominal, int actual, int wanted, boolean shifted) {
        int size = Math.min(nominal, wanted);
        return new Windows(actual, size, shifted && nominal > size ? wanted / 2 : 0);
    }

    /** Windows along one side. */
    private int across() {
        return (grid + size - 1) / size;
    }

    private int padded() {
        return across() * size;
    }

    /** x (N, G, G, C); returns (N nW, T, C), padded with zeros to whole windows. */
    public Tensor split(Tensor x) {
        Tensor y = shift == 0 ? x : x.roll(new long[] {-shift, -shift}, new long[] {1, 2});
        int missing = padded() - grid;
        if (missing > 0) {
            y = y.pad(0, 0, 0, missing, 0, missing);
        }
        long c = x.size(3);
        return y.reshape(-1, across(), size, across(), size, c)
                .permute(0, 1, 3, 2, 4, 5)
                .reshape(-1, (long) size * size, c);
    }

    /** The inverse of {@link #split}. */
    public Tensor join(Tensor windows) {
        long c = windows.size(2);
        Tensor y = windows.reshape(-1, across(), across(), size, size, c)
                .permute(0, 1, 3, 2, 4, 5)
                .reshape(-1, padded(), padded(), c);
        if (padded() > grid) {
            y = y.narrow(1, 0, grid).narrow(2, 0, grid);
        }
        return shift == 0 ? y : y.roll(new long[] {shift, shift}, new long[] {1, 2});
    }

    /** (nW, 1, T, T): 0 between tokens that were neighbours before the roll, -100 between others; none without shift. */
    public Optional<Tensor> mask() {
        if (shift == 0) {
            return Optional.empty();
        }
        int area = size * size;
        float[] mask = new float[across() * across() * area * area];
        int at = 0;
        for (int window = 0; window < across() * across(); window++) {
            for (int i = 0; i < area; i++) {
                for (int j = 0; j < area; j++) {
                    mask[at++] = region(window, i) == region(window, j) ? 0 : (float) MASKED;
                }
            }
        }
        return Optional.of(Tensor.of(mask, (long) across() * across(), 1, area, area));
    }

    /** Which of nine parts of the rolled grid a token of a window comes from. */
    private int region(int window, int token) {
        int row = window / across() * size + token / size;
        int column = window % across() * size + token % size;
        return 3 * band(row) + band(column);
    }

    private int band(int line) {
        if (line < padded() - size) {
            return 0;
        }
        return line < padded() - shift ? 1 : 2;
    }

    /** (T, T): for each pair of a window's tokens, the row of the table that holds their bias. */
    static Tensor relativePositions(int size) {
        int area = size * size;
        long[] index = new long[area * area];
        for (int i = 0; i < area; i++) {
            for (int j = 0; j < area; j++) {
                int rows = i / size - j / size + size - 1;
                int columns = i % size - j % size + size - 1;
                index[i * area + j] = (long) rows * (2 * size - 1) + columns;
            }
        }
        return Tensor.of(index, area, area);
    }
}
