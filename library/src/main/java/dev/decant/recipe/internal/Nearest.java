package dev.decant.recipe.internal;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Guesses what somebody meant to type. */
public final class Nearest {

    private Nearest() {}

    /** "unknown key 'pth'; did you mean 'path'?", or all that is known if nothing is near. */
    public static String unknown(String what, String given, Collection<String> known) {
        String hint = among(given, known)
                .map(near -> "did you mean '" + near + "'?")
                .orElse("expected one of " + String.join(", ", known));
        return "unknown " + what + " '" + given + "'; " + hint;
    }

    /** The known names that are most like what was given, the nearest first. */
    public static List<String> closest(String given, Collection<String> known, int count) {
        return known.stream()
                .sorted(Comparator.comparingInt(k -> distance(given, k)))
                .limit(count)
                .toList();
    }

    static Optional<String> among(String given, Collection<String> known) {
        String typed = given.toLowerCase(Locale.ROOT).replace('_', '-');
        int allowed = given.length() < 4 ? 1 : Math.max(2, given.length() / 3);
        return known.stream()
                .filter(k -> distance(typed, k) <= allowed)
                .min(Comparator.comparingInt(k -> distance(typed, k)));
    }

    /** Levenshtein distance in which two swapped neighbors count as one edit (optimal string alignment). */
    static int distance(String a, String b) {
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    d[i][j] = i + j;
                    continue;
                }
                int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                d[i][j] = Math.min(d[i - 1][j - 1] + change, 1 + Math.min(d[i - 1][j], d[i][j - 1]));
                boolean swapped =
                        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
                if (swapped) {
                    d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
                }
            }
        }
        return d[a.length()][b.length()];
    }
}
