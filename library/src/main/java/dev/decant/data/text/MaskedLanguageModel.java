package dev.decant.data.text;

import dev.decant.data.Seeds;
import dev.decant.text.Tokenizer;
import dev.decant.text.Tokens;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Hides tokens that a model then has to guess, as BERT was pre-trained (Devlin et al. 2019, section 3.1): of the tokens
 * chosen, 80 % become the mask token, 10 % a random one, 10 % stay. A share of each text's tokens is chosen, rounded, one at
 * least; special tokens never.
 *
 * <p>What is hidden depends on seed, epoch and example only.
 */
public final class MaskedLanguageModel {

    /** The label of a token that is not asked for. */
    public static final int IGNORED = -100;

    private static final long STREAM = -4;

    private final Tokenizer tokenizer;
    private final double share;
    private final boolean wholeWords;
    private final long seed;
    private final WordHider words;

    /** A text with hidden tokens, and what was there: {@link #IGNORED} where nothing was chosen. */
    public record Masked(Tokens tokens, int[] labels) {}

    /**
     * @param share of the tokens that are asked for; 0.15 in the paper
     * @param wholeWords whether all tokens of a word are chosen together
     */
    public MaskedLanguageModel(Tokenizer tokenizer, double share, boolean wholeWords, long seed) {
        if (!(share > 0 && share < 1)) {
            throw new IllegalArgumentException("the share of masked tokens must be between 0 and 1, got " + share);
        }
        this.tokenizer = tokenizer;
        this.share = share;
        this.wholeWords = wholeWords;
        this.seed = seed;
        this.words = new WordHider(tokenizer);
    }

    /** Hides tokens of one text. A text of special tokens only comes back as it is. */
    public Masked mask(Tokens text, int epoch, int index) {
        SplittableRandom random = Seeds.random(seed, STREAM, epoch, index);
        List<int[]> units = units(text.ids());
        int count = units.stream().mapToInt(u -> u.length).sum();
        int wanted = (int) Math.max(1, Math.rint(count * share));
        int[] ids = text.ids().clone();
        int[] labels = new int[ids.length];
        Arrays.fill(labels, IGNORED);
        int chosen = 0;
        for (int unit : Seeds.permutation(units.size(), random)) {
            int[] places = units.get(unit);
            boolean fits = chosen + places.length <= wanted || chosen == 0;
            if (fits && chosen < wanted) {
                chosen += places.length;
                for (int place : places) {
                    labels[place] = ids[place];
                    ids[place] = words.replacement(ids[place], random);
                }
            }
        }
        return new Masked(new Tokens(ids, text.types()), labels);
    }

    /** The places that are chosen together. */
    private List<int[]> units(int[] ids) {
        List<int[]> units = new ArrayList<>();
        for (int at = 0; at < ids.length; at++) {
            if (!tokenizer.isSpecial(ids[at])) {
                int from = at;
                while (wholeWords && at + 1 < ids.length && words.goesOn(ids[at + 1])) {
                    at++;
                }
                units.add(IntStream.rangeClosed(from, at).toArray());
            }
        }
        return units;
    }
}
