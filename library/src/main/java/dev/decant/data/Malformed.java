package dev.decant.data;

/** What happens to a line of a text file that has the wrong columns or no text. A blank line is always left out. */
public enum Malformed {
    /** Reading stops and names the line. */
    ERROR,
    /** The line is left out and counted. */
    SKIP
}
