package dev.decant.data.text;

import dev.decant.text.Tokens;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Puts texts of different lengths side by side.
 *
 * @param pad the id that fills rows up
 * @param multipleOf the length of a batch is that of its longest text, rounded up to a multiple of this
 * @param most what is not exceeded by rounding up; as {@code multipleOf} too, it gives every batch this length
 */
public record TextCollator(int pad, int multipleOf, int most) {

    public TextCollator {
        if (pad < 0 || multipleOf < 1) {
            throw new IllegalArgumentException(
                    "padding needs an id from 0 and a multiple from 1, got " + pad + " and " + multipleOf);
        }
    }

    /** The examples with the labels of the data set. */
    public TextBatch collate(TextDataset data, int... indices) {
        TextTargets targets = data.labels() instanceof TextLabels.Scores
                ? new TextTargets.Scores(scores(data, indices))
                : new TextTargets.Classes(IntStream.of(indices)
                        .mapToLong(i -> (long) data.label(i))
                        .toArray());
        return batch(IntStream.of(indices).mapToObj(data::tokens).toList(), targets, indices);
    }

    /** The examples with hidden tokens, and these tokens as labels. Depends on the epoch, and on nothing else of the batch. */
    public TextBatch collate(TextDataset data, MaskedLanguageModel masking, int epoch, int... indices) {
        List<MaskedLanguageModel.Masked> masked = IntStream.of(indices)
                .mapToObj(i -> masking.mask(data.tokens(i), epoch, i))
                .toList();
        List<Tokens> tokens =
                masked.stream().map(MaskedLanguageModel.Masked::tokens).toList();
        int length = TokenRows.of(tokens, pad, multipleOf, most).length();
        long[] labels = new long[tokens.size() * length];
        Arrays.fill(labels, MaskedLanguageModel.IGNORED);
        for (int row = 0; row < masked.size(); row++) {
            TokenRows.copy(masked.get(row).labels(), labels, row * length);
        }
        return batch(tokens, new TextTargets.Words(labels), indices);
    }

    private static float[] scores(TextDataset data, int[] indices) {
        float[] scores = new float[indices.length];
        for (int i = 0; i < indices.length; i++) {
            scores[i] = (float) data.label(indices[i]);
        }
        return scores;
    }

    private TextBatch batch(List<Tokens> tokens, TextTargets targets, int[] indices) {
        TokenRows rows = TokenRows.of(tokens, pad, multipleOf, most);
        return new TextBatch(
                rows.rows(), rows.length(), rows.ids(), rows.types(), rows.mask(), targets, indices.clone());
    }
}
