package dev.decant.model;

import dev.decant.ModelException;
import java.util.List;
import java.util.Optional;

/**
 * Layers that follow each other, by what they leave behind.
 *
 * @param embeddings tap of what enters the first layer (R_0)
 * @param layers taps of each layer, from first to last
 * @param copies how many layers stand for one: 2 where each looks at an image of its own, else 1
 * @param mask tap of (N, S), 1 for a token and 0 for padding; absent where nothing is padded, or the batch's own mask holds
 */
public record Stack(String embeddings, List<LayerTaps> layers, int copies, Optional<String> mask) {

    /** The part of a network that has one stack. */
    public static final String WHOLE = "model";

    public Stack {
        layers = List.copyOf(layers);
    }

    public static Stack of(String embeddings, List<LayerTaps> layers) {
        return new Stack(embeddings, layers, 1, Optional.empty());
    }

    public int depth() {
        return layers.size();
    }

    /**
     * The layer of a teacher that a layer here learns from: with r = teacher's depth / this depth, the last of each r; of
     * layers that stand for one together, the copy with the same place.
     *
     * @param layer from 1
     * @return from 1
     * @throws ModelException if the depths do not divide, or layers are copied here and not there
     */
    public int matching(Stack teacher, int layer) {
        if (layer < 1 || layer > depth()) {
            throw new ModelException("no layer " + layer + "; the student has 1 to " + depth());
        }
        if (teacher.depth() % depth() != 0) {
            throw new ModelException("the teacher's " + teacher.depth()
                    + " layers are no multiple of the student's " + depth()
                    + "; layers are compared one to one or one to every k");
        }
        if (teacher.copies != copies) {
            throw new ModelException("the student has " + copies + " layers for one, the teacher " + teacher.copies
                    + "; they have to be built for the same task");
        }
        int ratio = teacher.depth() / depth();
        int group = (layer - 1) / copies;
        int place = (layer - 1) % copies;
        return (ratio * group + ratio - 1) * copies + place + 1;
    }
}
