package dev.decant.data.text;

import dev.decant.DataException;
import dev.decant.data.BatchSource;
import java.util.Optional;

/** Batches of texts of like length; labels are those of the data set, or the words that were hidden. */
public final class TextBatches implements BatchSource {

    private final TextDataset data;
    private final TextBatching batching;
    private final TextCollator collator;
    private final Optional<MaskedLanguageModel> masking;
    private final int[] lengths;

    private TextBatches(
            TextDataset data, TextBatching batching, TextCollator collator, Optional<MaskedLanguageModel> masking) {
        if (batching.batches(data.size()) == 0) {
            throw new DataException(
                    "the data set has " + data.size() + " texts, fewer than one batch of " + batching.batchSize());
        }
        this.data = data;
        this.batching = batching;
        this.collator = collator;
        this.masking = masking;
        this.lengths = data.lengths();
    }

    /** Texts with the data set's labels. */
    public TextBatches(TextDataset data, TextBatching batching, TextCollator collator) {
        this(data, batching, collator, Optional.empty());
    }

    /** Texts of which words are hidden, others in each epoch. */
    public TextBatches(TextDataset data, TextBatching batching, TextCollator collator, MaskedLanguageModel masking) {
        this(data, batching, collator, Optional.of(masking));
    }

    @Override
    public int size() {
        return data.size();
    }

    @Override
    public int batches() {
        return batching.batches(data.size());
    }

    @Override
    public int[][] plan(int epoch) {
        return batching.batches(lengths, epoch).toArray(int[][]::new);
    }

    @Override
    public TextBatch prepare(int[] indices, int epoch, int number) {
        return masking.isPresent()
                ? collator.collate(data, masking.get(), epoch, indices)
                : collator.collate(data, indices);
    }
}
