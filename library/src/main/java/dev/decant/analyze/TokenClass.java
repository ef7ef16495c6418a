package dev.decant.analyze;

/** What a token is, where figures are taken by kind of token. */
public enum TokenClass {
    /** The class token. */
    CLS,
    /** A separator of sentences. */
    SEP,
    /** A comma or a full stop. */
    PUNCTUATION,
    /** Any other. */
    OTHER,
    /** Every token, whatever it is. */
    ALL
}
