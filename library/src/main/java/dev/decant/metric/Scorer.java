package dev.decant.metric;

import dev.decant.tensor.Tensor;
import java.util.Map;

/** Scores of a network, gathered batch by batch. Not thread-safe. */
public interface Scorer {

    /**
     * Takes a batch in.
     *
     * @param outputs what the network made of it, F32
     * @param labels what was wanted
     */
    void add(Tensor outputs, Tensor labels);

    /** Scores by name, in percent where they are parts of a whole. */
    Map<String, Double> scores();
}
