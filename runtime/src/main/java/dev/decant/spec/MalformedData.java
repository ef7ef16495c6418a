package dev.decant.spec;

/** What happens to a line of a text file that has the wrong columns or no text. A blank line is always left out. */
public enum MalformedData {
    /** Reading stops and names the line. */
    ERROR,
    /** The line is left out and counted. */
    SKIP
}
