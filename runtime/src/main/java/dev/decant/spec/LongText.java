package dev.decant.spec;

/** What happens to a text that has more tokens than the model is to see. */
public enum LongText {
    /** It is cut, the longer text of a pair first. */
    TRUNCATE,
    /** Reading stops and names the line. */
    ERROR
}
