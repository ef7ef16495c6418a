package dev.decant.metric;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How often each run of one to four words occurs in a sentence.
 *
 * @param words how many words the sentence has
 * @param counts by run of words; its length is n
 */
record Ngrams(int words, Map<List<String>, Integer> counts) {

    static final int LONGEST = 4;

    /** @param sentence words with spaces between */
    static Ngrams of(String sentence) {
        List<String> words =
                sentence.isBlank() ? List.of() : Arrays.asList(sentence.strip().split("\\s+", -1));
        Map<List<String>, Integer> counts = new HashMap<>();
        for (int n = 1; n <= LONGEST; n++) {
            for (int i = 0; i + n <= words.size(); i++) {
                counts.merge(List.copyOf(words.subList(i, i + n)), 1, Integer::sum);
            }
        }
        return new Ngrams(words.size(), counts);
    }
}
