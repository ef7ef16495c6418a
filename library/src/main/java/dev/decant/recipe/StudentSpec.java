package dev.decant.recipe;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The model to train. */
@About("The model to train.")
public record StudentSpec(
        @Flatten ModelSpec spec,
        @About(
                        "replace the head of the loaded weights by a new one for this data, for example after pre-training or for "
                                + "other classes")
                @Default("false")
                boolean newHead,
        @About(
                        "name of a teacher whose weights initialize the student; it must have the same architecture, but may have "
                                + "more layers")
                Optional<String> init,
        @About(
                        "the teacher layer that initializes each student layer, counted from 0; if empty, evenly spaced layers up "
                                + "to the last")
                @Default("[]")
                List<Integer> initLayers) {

    public StudentSpec {
        initLayers = List.copyOf(initLayers);
        Checks check = new Checks();
        check.that(init.isEmpty() || spec.weights().isEmpty(), "init", "and weights are both given; choose one");
        check.that(!newHead || init.isEmpty(), "new-head", "and init are both given; choose one");
        check.that(init.isPresent() || initLayers.isEmpty(), "init-layers", "needs init, a teacher to take them from");
        check.that(initLayers.stream().allMatch(i -> i >= 0), "init-layers", "must be 0 or more, got " + initLayers);
        check.done();
    }

    public String model() {
        return spec.model();
    }

    public Map<String, Object> config() {
        return spec.config();
    }

    public Optional<String> weights() {
        return spec.weights();
    }
}
