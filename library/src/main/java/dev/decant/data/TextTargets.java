package dev.decant.data;

/** What a model is to say of the texts of a batch. */
public sealed interface TextTargets {

    /** (N): the class of each text. */
    record Classes(long[] labels) implements TextTargets {}

    /** (N): the score of each text. */
    record Scores(float[] labels) implements TextTargets {}

    /** (N, S), row by row: the token that was there, {@link MaskedLanguageModel#IGNORED} where none is asked for. */
    record Words(long[] labels) implements TextTargets {}
}
