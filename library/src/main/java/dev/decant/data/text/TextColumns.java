package dev.decant.data.text;

/**
 * Which columns of a table, or keys of JSON lines, hold what.
 *
 * @param second of the second text of a pair; empty where there is one text
 */
public record TextColumns(String first, String second, String label) {

    boolean isPairs() {
        return !second.isEmpty();
    }
}
