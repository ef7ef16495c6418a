package dev.decant.data.text;

import dev.decant.data.Seeds;
import dev.decant.text.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Hides words of a caption as X-VLM is pre-trained (arXiv 2111.08276): a share of the tokens, counted with the special ones,
 * at random places; of these one in five begins a run of two or three tokens, and runs grow to whole words. Of the tokens
 * chosen, 80 % become the mask token, 10 % a random one, 10 % stay. The token that ends a caption may be chosen, the first never.
 */
public final class WordMasking {

    /** Tokens of a text that are asked for at most; what {@code Inputs.Masked} has room for. */
    public static final int MOST = 8;

    private static final int IGNORED = -100;
    private static final double RUNS = 0.2;

    private final WordHider words;
    private final double share;

    /** @param share of the tokens that are hidden; 0.25 in the paper */
    public WordMasking(Tokenizer tokenizer, double share) {
        this.words = new WordHider(tokenizer);
        this.share = share;
    }

    /**
     * A text with hidden tokens.
     *
     * @param positions of what is asked, 0 where there is less
     * @param labels what was there, -100 where nothing is asked
     */
    public record Hidden(int[] ids, long[] positions, long[] labels) {}

    /** How many tokens of a text are asked for; halves round to even. */
    public int count(int length) {
        return (int) Math.min(MOST, Math.max(1, Math.rint(length * share)));
    }

    /** Hides tokens of one text that has its special tokens. */
    public Hidden hide(int[] text, SplittableRandom random) {
        long[] positions = new long[MOST];
        long[] labels = new long[MOST];
        Arrays.fill(labels, IGNORED);
        int[] ids = text.clone();
        List<Integer> chosen = chosen(text, random);
        for (int i = 0; i < chosen.size(); i++) {
            int place = chosen.get(i);
            positions[i] = place;
            labels[i] = text[place];
            ids[place] = words.replacement(text[place], random);
        }
        return new Hidden(ids, positions, labels);
    }

    private List<Integer> chosen(int[] text, SplittableRandom random) {
        int wanted = count(text.length);
        Set<Integer> chosen = new LinkedHashSet<>();
        for (int i : Seeds.permutation(text.length - 1, random)) {
            int place = i + 1;
            if (chosen.size() >= wanted || chosen.contains(place)) {
                continue;
            }
            int run = random.nextDouble() < RUNS ? 2 + random.nextInt(2) : 1;
            int from = place;
            while (from > 1 && words.goesOn(text[from])) {
                from--;
            }
            int end = Math.min(text.length, place + run);
            while (end < text.length && words.goesOn(text[end])) {
                end++;
            }
            IntStream.range(from, end).forEach(chosen::add);
        }
        List<Integer> all = new ArrayList<>(chosen);
        return all.size() <= wanted
                ? all
                : Arrays.stream(Seeds.permutation(all.size(), random))
                        .limit(wanted)
                        .mapToObj(all::get)
                        .toList();
    }
}
