package dev.decant.model;

import dev.decant.ModelException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a model can be asked for: every tap with its shape. Terms, checks and studies ask the signature and never the class of
 * a model, so whatever has the taps can take part.
 *
 * @param architecture for messages
 * @param input what the model takes
 * @param classes size of the classifier; 0 without one
 * @param prefixTokens class tokens in front of the patches of a stage; 0 where there are none
 * @param taps by name, in the order of the forward pass
 * @param stacks transformer layers by part, in the order of the pass; empty where there are none
 */
public record TapSignature(
        String architecture,
        ModelConfig.Input input,
        int classes,
        int prefixTokens,
        Map<String, TapShape> taps,
        Map<String, Stack> stacks) {

    /** Tap of a language model: the text that each row of the logits belongs to. */
    public static final String TEXT_OF = "text_of";

    public TapSignature {
        taps = Collections.unmodifiableMap(new LinkedHashMap<>(taps));
        stacks = Collections.unmodifiableMap(new LinkedHashMap<>(stacks));
    }

    /** Whether the model gives logits of words, and says which text each is of. */
    public boolean isLanguageModel() {
        return has(TEXT_OF);
    }

    public boolean has(String tap) {
        return taps.containsKey(tap);
    }

    public Optional<TapShape> shape(String tap) {
        return Optional.ofNullable(taps.get(tap));
    }

    /**
     * The only stack of layers.
     *
     * @throws ModelException if there is none, or several, naming them
     */
    public Stack stack() {
        if (stacks.size() != 1) {
            throw new ModelException(
                    stacks.isEmpty()
                            ? architecture + " is not a stack of transformer layers"
                            : architecture + " has several stacks of layers: " + String.join(", ", stacks.keySet())
                                    + "; name one of these parts");
        }
        return stacks.values().iterator().next();
    }
}
