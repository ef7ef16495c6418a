package dev.decant.model;

import dev.decant.tensor.Tensor;

/** The parts of a model of images and texts that scores are taken with, each run on its own. */
public interface VisionLanguage {

    /** Every token of each image, (M, 1 + G G, C), the class token first. */
    Tensor imageTokens(Tensor pixels);

    /** Every token of each text before it sees an image, (N, S, H). */
    Tensor textTokens(Inputs.Text texts);

    /** Of images by their class tokens, (M, D), each of length 1. */
    Tensor imageFeatures(Tensor imageTokens);

    /** Of texts by their class tokens, (N, D), each of length 1. */
    Tensor textFeatures(Tensor textTokens);

    /**
     * Logits (N, 2) of whether each text is about its image; class 1 is that it is.
     *
     * @param imageTokens (M, 1 + G G, C)
     * @param imageOf (N), I64: the image that each text is shown with
     * @param textTokens (N, S, H)
     * @param textMask (N, S)
     */
    Tensor match(Tensor imageTokens, Tensor imageOf, Tensor textTokens, Tensor textMask);

    /**
     * The box in its image that each text is about, (N, 4): centre x, centre y, width, height as parts of the side. Takes what
     * {@link #match} takes.
     */
    Tensor boxes(Tensor imageTokens, Tensor imageOf, Tensor textTokens, Tensor textMask);

    /**
     * What is left of each question that has seen its image, (N, S, H): what answers are written from.
     *
     * @param imageTokens (M, 1 + G G, C)
     * @param imageOf (N), I64: the image that each question is about
     */
    Tensor questionStates(Tensor imageTokens, Tensor imageOf, Inputs.Text question);

    /**
     * Writes texts, a token at a time. What layers make of the states is made once, and lives as long as the scope that is open now.
     *
     * @param states of the questions (Q, S, H), or tokens of the images (Q, 1 + G G, C) for captions
     * @param statesMask (Q, S), 1 for a token and 0 for padding
     */
    Writer writer(Tensor states, Tensor statesMask);

    /** What {@link #writer} gives. */
    interface Writer {
        /**
         * Logits (A, T, V): at each place of a text that is begun, of the next token.
         *
         * @param begun (A, T)
         * @param stateOf (A), I64: the states that each text is written from
         */
        Tensor next(Inputs.Text begun, Tensor stateOf);
    }
}
