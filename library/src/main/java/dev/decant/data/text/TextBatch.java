package dev.decant.data.text;

import dev.decant.data.Batch;
import dev.decant.data.BatchSource;
import dev.decant.model.Inputs;
import dev.decant.tensor.Tensor;
import java.util.Optional;

/**
 * Texts of one step in arrays that are ready to become tensors, N rows of S tokens.
 *
 * @param rows N
 * @param length S
 * @param ids (N, S), padded
 * @param types (N, S), 0 or 1; 0 where padded
 * @param mask (N, S), 1 for a token, 0 where padded
 * @param indices (N): which examples of the data set these are
 */
record TextBatch(int rows, int length, long[] ids, long[] types, long[] mask, TextTargets targets, int[] indices)
        implements BatchSource.Prepared {

    @Override
    public Batch toTensors() {
        Inputs inputs = new Inputs.Text(
                Tensor.of(ids, rows, length), Tensor.of(types, rows, length), Tensor.of(mask, rows, length), asked());
        return new Batch(inputs, labels(), Optional.empty(), indices);
    }

    private Optional<Tensor> asked() {
        return targets instanceof TextTargets.Words words
                ? Optional.of(Tensor.of(words.places(), words.places().length))
                : Optional.empty();
    }

    private Tensor labels() {
        if (targets instanceof TextTargets.Classes classes) {
            return Tensor.of(classes.labels(), rows);
        }
        if (targets instanceof TextTargets.Scores scores) {
            return Tensor.of(scores.labels(), rows);
        }
        if (targets instanceof TextTargets.Words words) {
            return Tensor.of(words.wanted(), words.places().length);
        }
        throw new AssertionError(targets);
    }
}
