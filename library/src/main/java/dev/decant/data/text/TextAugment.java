package dev.decant.data.text;

import dev.decant.data.Seeds;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * More texts from those there are, by putting other words in place of some, as TinyBERT does (Jiao et al. 2020, algorithm
 * 1). Every word of plain letters that is no stop word may be replaced by one of its candidates, which a masked language
 * model gives. The original comes first, and no text comes twice.
 *
 * <p>Differs from TinyBERT: words that the tokenizer cuts into pieces stay as they are, since there is no table of word
 * vectors here to take their neighbours from. And of a pair, one text is varied while the other is the original; TinyBERT's
 * script varies the second beside the last variant of the first.
 *
 * <p>The label is the original's and may be wrong for a variant: such data is for distillation, whose target is the
 * teacher's answer.
 */
public final class TextAugment {

    private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{M}\\p{N}]+|[^\\s\\p{L}\\p{M}\\p{N}]");
    private static final Pattern PLAIN = Pattern.compile("[a-z]+");
    private static final long STREAM = -5;

    private static final Set<String> STOP_WORDS =
            Set.copyOf(List.of(("a about above after again all am an and any are as at"
                            + " be because been before being below between both but by can could did do does doing don down during"
                            + " each few for from further had has have having he her here hers herself him himself his how i if in"
                            + " into is it its itself just ll me more most my myself no nor not now of off on once only or other our"
                            + " ours ourselves out over own re s same she should so some such t than that the their theirs them"
                            + " themselves then there these they this those through to too under until up ve very was we were what"
                            + " when where which while who whom why will with would you your yours yourself yourselves")
                    .split(" ")));

    private final Candidates candidates;
    private final int tries;
    private final double probability;
    private final long seed;

    /** What may stand in a word's place. */
    @FunctionalInterface
    public interface Candidates {
        /**
         * Words for each of some places of a sentence, best first; none where the word is to stay.
         *
         * @param words of the sentence, lower-cased; punctuation marks are words of their own
         */
        List<List<String>> of(List<String> words, List<Integer> places);
    }

    /**
     * @param tries variants made of each text, of which those that are new are kept; 10 to 30 in the paper
     * @param probability that a word is replaced; 0.4 in the paper
     */
    public TextAugment(Candidates candidates, int tries, double probability, long seed) {
        if (tries < 1 || !(probability > 0 && probability <= 1)) {
            throw new IllegalArgumentException("augmentation needs at least 1 try and a probability above 0 and at most"
                    + " 1, got " + tries + " and " + probability);
        }
        this.candidates = candidates;
        this.tries = tries;
        this.probability = probability;
        this.seed = seed;
    }

    /** Every row of the table, each followed by its variants. */
    public TextTable apply(TextTable table) {
        List<TextRow> rows = new ArrayList<>();
        for (int i = 0; i < table.rows().size(); i++) {
            TextRow row = table.rows().get(i);
            rows.add(row);
            for (String first : variants(row.first(), Seeds.random(seed, STREAM, i, 0))) {
                rows.add(new TextRow(first, row.second(), row.label(), row.where()));
            }
            if (table.isPairs()) {
                for (String second : variants(row.second(), Seeds.random(seed, STREAM, i, 1))) {
                    rows.add(new TextRow(row.first(), second, row.label(), row.where()));
                }
            }
        }
        return table.withRows(rows);
    }

    private Set<String> variants(String text, SplittableRandom random) {
        List<String> words = words(text);
        List<Integer> places = IntStream.range(0, words.size())
                .filter(i -> isReplaceable(words.get(i)))
                .boxed()
                .toList();
        List<List<String>> found = candidates.of(words, places);
        List<List<String>> choices = new ArrayList<>(Collections.nCopies(words.size(), List.of()));
        for (int i = 0; i < places.size(); i++) {
            choices.set(places.get(i), found.get(i));
        }
        Set<String> variants = new LinkedHashSet<>();
        for (int i = 0; i < tries; i++) {
            variants.add(String.join(" ", replaced(words, choices, random)));
        }
        variants.remove(String.join(" ", words));
        return variants;
    }

    private List<String> replaced(List<String> words, List<List<String>> choices, SplittableRandom random) {
        List<String> variant = new ArrayList<>(words);
        for (int i = 0; i < words.size(); i++) {
            List<String> choice = choices.get(i);
            if (!choice.isEmpty() && random.nextDouble() < probability) {
                variant.set(i, choice.get(random.nextInt(choice.size())));
            }
        }
        return variant;
    }

    /** The lower-cased words and punctuation marks of a text. */
    public static List<String> words(String text) {
        return WORD.matcher(text.toLowerCase(Locale.ROOT))
                .results()
                .map(m -> m.group())
                .toList();
    }

    private static boolean isReplaceable(String word) {
        return PLAIN.matcher(word).matches() && !STOP_WORDS.contains(word);
    }
}
