package dev.decant.model;

import dev.decant.ModelException;
import java.util.Map;

/** A network of transformer layers, seen by terms and studies that compare layer with layer. */
public interface Layered {

    /**
     * Its stacks by part, in the order of the pass. A network of one stack calls it {@link Stack#WHOLE}; one that runs the
     * same layers on several things has a part for each.
     */
    Map<String, Stack> stacks();

    /**
     * The only stack.
     *
     * @throws ModelException if there are several, naming them
     */
    default Stack stack() {
        Map<String, Stack> stacks = stacks();
        if (stacks.size() != 1) {
            throw new ModelException("the network has several stacks of layers: " + String.join(", ", stacks.keySet())
                    + "; name one of these parts");
        }
        return stacks.values().iterator().next();
    }
}
