package dev.decant.metric;

import dev.decant.tensor.DType;
import dev.decant.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/** How well hidden words are guessed: {@code accuracy} in percent, and {@code loss}, the mean of -ln p. Not thread-safe. */
public final class WordScores implements Scorer {

    private long asked;
    private long right;
    private double loss;

    /**
     * Takes a batch in.
     *
     * @param outputs logits (M, V)
     * @param labels words (M)
     */
    @Override
    public void add(Tensor outputs, Tensor labels) {
        Tensor target = labels.to(outputs.device());
        Tensor own = outputs.logSoftmax(1).gather(1, target.reshape(-1, 1));
        asked += labels.elements();
        loss -= own.sum().item();
        right += (long) outputs.argmax(1).eq(target).to(DType.I64).sum().item();
    }

    @Override
    public Map<String, Double> scores() {
        Map<String, Double> scores = new LinkedHashMap<>();
        scores.put("accuracy", 100.0 * right / asked);
        scores.put("loss", loss / asked);
        return scores;
    }
}
