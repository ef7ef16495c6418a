package dev.decant.metric;

import dev.decant.tensor.DType;
import dev.decant.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;

/** How well hidden words are guessed: {@code accuracy} in percent, and {@code loss}, the mean of -ln p. Not thread-safe. */
public final class WordScores implements Scorer {

    private final long ignored;
    private long asked;
    private long right;
    private double loss;

    /** @param ignored the label of a token that is not asked for */
    public WordScores(long ignored) {
        this.ignored = ignored;
    }

    /**
     * Takes a batch in.
     *
     * @param outputs logits (N, S, V)
     * @param labels words (N, S)
     */
    @Override
    public void add(Tensor outputs, Tensor labels) {
        long[] words = labels.longs();
        int[] places = IntStream.range(0, words.length)
                .filter(i -> words[i] != ignored)
                .toArray();
        if (places.length == 0) {
            return;
        }
        long[] wanted = IntStream.of(places).mapToLong(i -> words[i]).toArray();
        Tensor rows = Tensor.of(IntStream.of(places).asLongStream().toArray(), places.length)
                .to(outputs.device());
        Tensor target = Tensor.of(wanted, places.length).to(outputs.device());
        Tensor logits = outputs.reshape(words.length, outputs.size(2)).indexSelect(0, rows);
        Tensor own = logits.logSoftmax(1).gather(1, target.reshape(-1, 1));
        asked += places.length;
        loss -= own.sum().item();
        right += (long) logits.argmax(1).eq(target).to(DType.I64).sum().item();
    }

    @Override
    public Map<String, Double> scores() {
        Map<String, Double> scores = new LinkedHashMap<>();
        scores.put("accuracy", 100.0 * right / asked);
        scores.put("loss", loss / asked);
        return scores;
    }
}
