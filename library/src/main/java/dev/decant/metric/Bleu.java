package dev.decant.metric;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * BLEU of a set of sentences (Papineni et al. 2002), as the COCO caption tools count it: n-grams of the whole set together,
 * the reference that is closest in length for the brevity penalty (the shorter of two equally close ones).
 */
public final class Bleu {

    // what keeps the COCO tools from dividing by 0; exact agreement needs the same
    private static final double SMALL = 1e-9;
    private static final double TINY = 1e-15;

    private Bleu() {}

    /**
     * BLEU-4, from 0 to 1.
     *
     * @param written sentences as words with spaces between, as {@link CaptionWords} gives them
     * @param references for each sentence, one or more in the same form
     */
    public static double of(List<String> written, List<List<String>> references) {
        CaptionWords.requireReferences(written, references);
        long[] guessed = new long[Ngrams.LONGEST];
        long[] right = new long[Ngrams.LONGEST];
        long length = 0;
        long wanted = 0;
        for (int i = 0; i < written.size(); i++) {
            Ngrams own = Ngrams.of(written.get(i));
            List<Ngrams> given = references.get(i).stream().map(Ngrams::of).toList();
            length += own.words();
            wanted += closest(own.words(), given);
            for (int n = 0; n < guessed.length; n++) {
                guessed[n] += Math.max(0, own.words() - n);
            }
            count(own, most(given), right);
        }
        double product = 1;
        for (int n = 0; n < right.length; n++) {
            product *= (right[n] + TINY) / (guessed[n] + SMALL);
        }
        double ratio = (length + TINY) / (wanted + SMALL);
        return Math.pow(product, 1.0 / right.length) * (ratio < 1 ? Math.exp(1 - 1 / ratio) : 1);
    }

    private static int closest(int length, List<Ngrams> given) {
        int best = given.get(0).words();
        for (Ngrams reference : given) {
            int apart = Math.abs(reference.words() - length);
            int least = Math.abs(best - length);
            best = apart < least || (apart == least && reference.words() < best) ? reference.words() : best;
        }
        return best;
    }

    /** The most often that one reference has each run. */
    private static Map<List<String>, Integer> most(List<Ngrams> given) {
        Map<List<String>, Integer> most = new HashMap<>();
        given.forEach(reference -> reference.counts().forEach((run, n) -> most.merge(run, n, Math::max)));
        return most;
    }

    private static void count(Ngrams own, Map<List<String>, Integer> most, long[] right) {
        own.counts().forEach((run, n) -> right[run.size() - 1] += Math.min(n, most.getOrDefault(run, 0)));
    }
}
