package dev.decant.data.text;

import dev.decant.model.Inputs;
import dev.decant.tensor.Tensor;
import dev.decant.text.Tokens;
import java.util.Arrays;
import java.util.List;

/**
 * Texts of different lengths side by side, N rows of S tokens.
 *
 * @param rows N
 * @param length S
 * @param ids (N, S), padded
 * @param types (N, S), 0 or 1; 0 where padded
 * @param mask (N, S), 1 for a token, 0 where padded
 */
public record TokenRows(int rows, int length, long[] ids, long[] types, long[] mask) {

    /**
     * Pads at the end.
     *
     * @param multipleOf S is the length of the longest text, rounded up to a multiple of this
     * @param most what is not exceeded by rounding up
     */
    public static TokenRows of(List<Tokens> texts, int pad, int multipleOf, int most) {
        int longest = texts.stream().mapToInt(Tokens::length).max().orElse(1);
        int length = Math.max(longest, Math.min(most, (longest + multipleOf - 1) / multipleOf * multipleOf));
        int size = texts.size() * length;
        long[] ids = new long[size];
        long[] types = new long[size];
        long[] mask = new long[size];
        Arrays.fill(ids, pad);
        for (int row = 0; row < texts.size(); row++) {
            Tokens text = texts.get(row);
            copy(text.ids(), ids, row * length);
            copy(text.types(), types, row * length);
            Arrays.fill(mask, row * length, row * length + text.length(), 1);
        }
        return new TokenRows(texts.size(), length, ids, types, mask);
    }

    public static void copy(int[] from, long[] to, int at) {
        for (int i = 0; i < from.length; i++) {
            to[at + i] = from[i];
        }
    }

    public Inputs.Text toTensors() {
        return new Inputs.Text(
                Tensor.of(ids, rows, length), Tensor.of(types, rows, length), Tensor.of(mask, rows, length));
    }
}
