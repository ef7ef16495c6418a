package dev.decant.metric;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How often search finds what belongs together, both ways, in percent: {@code tr1}, {@code tr5}, {@code tr10} (an image is
 * given, one of its texts is wanted), {@code ir1}, {@code ir5}, {@code ir10} (a text is given, its image is wanted), and
 * {@code r-mean}, the mean of the six.
 */
public final class Recall {

    private static final int[] FIRST = {1, 5, 10};

    private Recall() {}

    /**
     * Scores both ways. Of equal scores the lower index comes first; a score of minus infinity or NaN is never found.
     *
     * @param texts scores of each image (M) with each text (N), by which texts are ranked for an image
     * @param images the same pairs, (M, N), by which images are ranked for a text
     * @param imageOf the image of each text (N); an image without a text is not searched for
     */
    public static Map<String, Double> of(float[][] texts, float[][] images, int[] imageOf) {
        int[] textRanks = textRanks(texts, imageOf);
        int[] imageRanks = imageRanks(images, imageOf);
        Map<String, Double> scores = new LinkedHashMap<>();
        double sum = add(scores, "tr", textRanks) + add(scores, "ir", imageRanks);
        scores.put("r-mean", sum / (2 * FIRST.length));
        return scores;
    }

    private static double add(Map<String, Double> scores, String name, int[] ranks) {
        double sum = 0;
        for (int first : FIRST) {
            int asked = 0;
            int found = 0;
            for (int rank : ranks) {
                asked += rank >= 0 ? 1 : 0;
                found += rank >= 0 && rank < first ? 1 : 0;
            }
            double percent = 100.0 * found / asked;
            scores.put(name + first, percent);
            sum += percent;
        }
        return sum;
    }

    /** For each image the best place of one of its texts, from 0; -1 for an image without text. */
    private static int[] textRanks(float[][] scores, int[] imageOf) {
        int[] best = new int[scores.length];
        Arrays.fill(best, -1);
        for (int text = 0; text < imageOf.length; text++) {
            int image = imageOf[text];
            int rank = rank(scores[image], text);
            best[image] = best[image] < 0 ? rank : Math.min(best[image], rank);
        }
        return best;
    }

    private static int[] imageRanks(float[][] scores, int[] imageOf) {
        int[] ranks = new int[imageOf.length];
        float[] column = new float[scores.length];
        for (int text = 0; text < imageOf.length; text++) {
            for (int image = 0; image < scores.length; image++) {
                column[image] = scores[image][text];
            }
            ranks[text] = rank(column, imageOf[text]);
        }
        return ranks;
    }

    private static int rank(float[] scores, int wanted) {
        float own = scores[wanted];
        if (Float.isNaN(own) || own == Float.NEGATIVE_INFINITY) {
            return Integer.MAX_VALUE;
        }
        int before = 0;
        for (int i = 0; i < scores.length; i++) {
            before += Float.isNaN(scores[i]) || scores[i] > own || (scores[i] == own && i < wanted) ? 1 : 0;
        }
        return before;
    }
}
