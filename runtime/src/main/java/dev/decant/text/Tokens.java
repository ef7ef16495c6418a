package dev.decant.text;

/**
 * A text as a model reads it, special tokens included. The arrays are shared and not to be written.
 *
 * @param ids rows of the model's table of words
 * @param types which of the two texts of a pair each token belongs to, 0 or 1
 */
public record Tokens(int[] ids, int[] types) {

    public Tokens {
        if (ids.length != types.length) {
            throw new IllegalArgumentException(
                    "tokens need one type each, found " + ids.length + " ids and " + types.length + " types");
        }
    }

    public int length() {
        return ids.length;
    }
}
