package dev.decant.data.text;

import java.util.stream.LongStream;

/** What a model is to say of the texts of a batch. */
sealed interface TextTargets {

    /** (N): the class of each text. */
    record Classes(long[] labels) implements TextTargets {}

    /** (N): the score of each text. */
    record Scores(float[] labels) implements TextTargets {}

    /** (N, S), row by row: the token that was there, {@link MaskedLanguageModel#IGNORED} where none is asked for. */
    record Words(long[] labels) implements TextTargets {

        /** Where a token is asked for. */
        long[] places() {
            return LongStream.range(0, labels.length)
                    .filter(i -> labels[(int) i] != MaskedLanguageModel.IGNORED)
                    .toArray();
        }

        /** The tokens that were there. */
        long[] wanted() {
            return LongStream.of(labels)
                    .filter(label -> label != MaskedLanguageModel.IGNORED)
                    .toArray();
        }
    }
}
