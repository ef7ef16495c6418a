package dev.decant.data.text;

import dev.decant.DataException;
import dev.decant.text.Tokenizer;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** What a hidden token becomes (BERT): the mask token at 80 %, a random ordinary one at 10 %, itself at 10 %. */
final class WordHider {

    private final Tokenizer tokenizer;
    private final int mask;
    private final int[] ordinary;

    WordHider(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
        mask = tokenizer.mask();
        ordinary = IntStream.range(0, tokenizer.vocabularySize())
                .filter(i -> !tokenizer.isSpecial(i) && !tokenizer.token(i).isEmpty())
                .toArray();
        if (ordinary.length == 0) {
            throw new DataException(tokenizer + ": has special tokens only");
        }
    }

    int replacement(int id, SplittableRandom random) {
        double draw = random.nextDouble();
        if (draw < 0.8) {
            return mask;
        }
        return draw < 0.9 ? ordinary[random.nextInt(ordinary.length)] : id;
    }

    /** Does the token continue a word? */
    boolean goesOn(int id) {
        return !tokenizer.isSpecial(id) && !tokenizer.startsWord(id);
    }
}
