package dev.decant.recipe;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The network that is trained. */
@About("The network to train.")
public record StudentSpec(
        @Flatten ModelSpec spec,
        @About("give the weights a head made for the data, as after pre-training or for other classes")
                @Default("false")
                boolean newHead,
        @About(
                        "name of a teacher whose weights the student starts from; the same architecture, perhaps with more layers")
                Optional<String> init,
        @About(
                        "which of that teacher's layers the student's begin as, counted from 0; spread evenly up to the last if empty")
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
