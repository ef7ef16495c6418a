package dev.decant.data.text;

import dev.decant.data.Seeds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Which texts come together, so that little is padding. For training, the shuffled examples are cut into windows of fifty
 * batches, each window is sorted by length and cut into batches, and all batches are shuffled. Otherwise the whole set is
 * sorted, longest first, so that the most memory is asked for at once.
 *
 * <p>The order depends on the lengths, the seed and the epoch only.
 *
 * @param batchSize examples a batch
 * @param shuffle whether each epoch has its own order
 * @param dropLast whether the examples beyond the last whole batch are left out; others each epoch
 */
public record TextBatching(int batchSize, long seed, boolean shuffle, boolean dropLast) {

    private static final int WINDOW = 50;

    public TextBatching {
        if (batchSize < 1) {
            throw new IllegalArgumentException("text batches: batch size must be at least 1, got " + batchSize);
        }
    }

    /** Shuffled, whole batches only. */
    public static TextBatching training(int batchSize, long seed) {
        return new TextBatching(batchSize, seed, true, true);
    }

    /** Every example once, sorted by length. */
    public static TextBatching evaluation(int batchSize) {
        return new TextBatching(batchSize, 0, false, false);
    }

    /** How many batches an epoch over so many examples has. */
    public int batches(int examples) {
        return dropLast ? examples / batchSize : (examples + batchSize - 1) / batchSize;
    }

    /** The examples of each batch of an epoch, by their places in {@code lengths}. */
    public List<int[]> batches(int[] lengths, int epoch) {
        int[] order = shuffle
                ? Seeds.permutation(lengths.length, seed, epoch)
                : IntStream.range(0, lengths.length).toArray();
        int used = dropLast ? lengths.length / batchSize * batchSize : lengths.length;
        int window = shuffle ? Math.multiplyExact(WINDOW, batchSize) : Math.max(1, lengths.length);
        List<int[]> batches = new ArrayList<>();
        for (int from = 0; from < used; from += window) {
            cut(sorted(Arrays.copyOfRange(order, from, Math.min(used, from + window)), lengths), batches);
        }
        if (shuffle) {
            int[] places = Seeds.permutation(batches.size(), seed, ~epoch);
            return IntStream.of(places).mapToObj(batches::get).toList();
        }
        return List.copyOf(batches);
    }

    /** Longest first; of equal length in the order they came. */
    private static int[] sorted(int[] indices, int[] lengths) {
        return IntStream.of(indices)
                .boxed()
                .sorted(Comparator.comparingInt(i -> -lengths[i]))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    private void cut(int[] window, List<int[]> batches) {
        for (int from = 0; from < window.length; from += batchSize) {
            batches.add(Arrays.copyOfRange(window, from, Math.min(window.length, from + batchSize)));
        }
    }
}
