package dev.decant.data.text;

/**
 * One labelled text or pair of texts, as its file has it.
 *
 * @param second empty unless it is a pair
 * @param label the place of its class, or its score; 0 without labels
 * @param where file and line
 */
public record TextRow(String first, String second, double label, String where) {}
