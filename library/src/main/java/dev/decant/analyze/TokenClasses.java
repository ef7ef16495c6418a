package dev.decant.analyze;

import dev.decant.ModelException;
import dev.decant.model.Inputs;
import java.util.Arrays;
import java.util.Set;

/** Says what each token of an example is. */
public interface TokenClasses {

    /**
     * One of {@code CLS}, {@code SEP}, {@code PUNCTUATION} and {@code OTHER} for each token.
     *
     * @param example of size 1, without padding
     * @param tokens how many a layer sees
     */
    TokenClass[] of(Inputs example, int tokens);

    /** Of images: class tokens in front, then patches. */
    static TokenClasses images(int prefixTokens) {
        return (example, tokens) -> {
            TokenClass[] classes = new TokenClass[tokens];
            Arrays.setAll(classes, i -> i < prefixTokens ? TokenClass.CLS : TokenClass.OTHER);
            return classes;
        };
    }

    /** Of text, by the ids of a vocabulary. */
    static TokenClasses text(Set<Long> cls, Set<Long> sep, Set<Long> punctuation) {
        return (example, tokens) -> {
            if (!(example instanceof Inputs.Text text)) {
                throw new ModelException("token classes of text were asked of " + example.kind());
            }
            return Arrays.stream(text.ids().longs())
                    .mapToObj(id -> cls.contains(id)
                            ? TokenClass.CLS
                            : sep.contains(id)
                                    ? TokenClass.SEP
                                    : punctuation.contains(id) ? TokenClass.PUNCTUATION : TokenClass.OTHER)
                    .toArray(TokenClass[]::new);
        };
    }
}
