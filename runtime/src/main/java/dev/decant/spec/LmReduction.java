package dev.decant.spec;

/** What the loss of a language model over the tokens of answers or captions is divided by. */
public enum LmReduction {
    /** The number of tokens, each with the weight of its text. */
    TOKEN,
    /** The number of questions: the losses of a text's tokens are summed, those of a question's texts too, by their weights. */
    QUESTION
}
