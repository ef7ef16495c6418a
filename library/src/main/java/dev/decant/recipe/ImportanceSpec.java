package dev.decant.recipe;

import dev.decant.spec.SparsitySpread;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How a study of modalities prunes. */
@About("How a study of modalities prunes: one of them in turn, while the others stay.")
public record ImportanceSpec(
        @About("shares of a modality's heads, neurons and channels that go, one after the other; 0 for none")
                @Default("[0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6]")
                List<Double> sparsities,
        @About("the same of the modalities that wait") @Default("0") double others,
        @About("without `learn`: `uniform`: the same share of every layer; `global`: the smallest of all layers")
                @Default("uniform")
                SparsitySpread spread,
        @About(
                        "train a copy for each point, which learns what to do without; by magnitude and without training unless set")
                Optional<Learn> learn) {

    public ImportanceSpec {
        sparsities = List.copyOf(sparsities);
        Checks check = new Checks();
        check.that(!sparsities.isEmpty(), "sparsities", "must list at least one sparsity");
        for (int i = 0; i < sparsities.size(); i++) {
            share(check, "sparsities[" + i + "]", sparsities.get(i));
        }
        share(check, "others", others);
        check.done();
    }

    private static void share(Checks check, String key, double value) {
        check.that(value >= 0 && value < 1, key, "must be at least 0 and below 1, got " + value);
    }

    /** How a copy is trained for each point. */
    @About("Trains a copy for each point on the labels, with gates that learn what to do without.")
    public record Learn(
            @Flatten TrainingSpec training,
            @About("epochs until the sparsity is asked for in full, growing evenly from 0") @Default("1")
                    double warmupEpochs,
            @About("learning rate of the gates") @Default("0.01") double gateLr,
            @About("learning rate of the multipliers that hold the gates to the sparsity") @Default("0.01")
                    double multiplierLr,
            @About("how likely a neuron or channel is to be dropped at the start, about") @Default("0.5")
                    double start) {
        public Learn {
            Checks check = new Checks();
            pruning(Map.of("any", 0.5), warmupEpochs, gateLr, multiplierLr, start)
                    .check(check, training);
            check.done();
        }

        /** The pruning of one point; sparsities above 0, by modality. */
        public PruneSpec pruning(Map<String, Double> sparsities) {
            return pruning(sparsities, warmupEpochs, gateLr, multiplierLr, start);
        }

        private static PruneSpec pruning(
                Map<String, Double> sparsities, double warmupEpochs, double lr, double multiplierLr, double start) {
            return new PruneSpec(
                    new PruneSpec.Target(Optional.empty(), sparsities, Optional.empty(), 1),
                    warmupEpochs,
                    Optional.empty(),
                    lr,
                    multiplierLr,
                    start,
                    1);
        }
    }
}
