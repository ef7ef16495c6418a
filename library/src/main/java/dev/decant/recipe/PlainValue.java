package dev.decant.recipe;

/**
 * A value that is written as a plain number, text or list. Its type also has a public static method {@code of(Object)},
 * which takes what {@link #plain()} gives (numbers as Long or Double) and throws IllegalArgumentException for anything else.
 */
public interface PlainValue {
    /** A Long, Double, String, or a list of them. */
    Object plain();
}
