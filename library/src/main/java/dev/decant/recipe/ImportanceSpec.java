package dev.decant.recipe;

import dev.decant.spec.SparsitySpread;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How the modality study prunes. */
@About("How the modality study prunes: one modality at a time, while the sparsity of the others stays fixed.")
public record ImportanceSpec(
        @About("sparsities of the studied modality, one point of the curve each; 0 prunes nothing")
                @Default("[0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6]")
                List<Double> sparsities,
        @About("sparsity of the other modalities") @Default("0") double others,
        @About("without `learn`: `uniform` prunes the same share in every layer, `global` prunes the smallest weights "
                        + "across all layers")
                @Default("uniform")
                SparsitySpread spread,
        @About("train a copy of the model with learned gates for each point; by default prune by magnitude, without "
                        + "training")
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

    /** How a copy of the model is trained for each point. */
    @About("For each point, trains a copy of the model on the labels, with gates that learn what to prune.")
    public record Learn(
            @Flatten TrainingSpec training,
            @About("epochs over which the target sparsity rises linearly from 0") @Default("1") double warmupEpochs,
            @About("learning rate of the gates") @Default("0.01") double gateLr,
            @About("learning rate of the Lagrange multipliers that hold the gates to the target sparsity")
                    @Default("0.01")
                    double multiplierLr,
            @About("approximate probability that a neuron or channel is dropped at the start") @Default("0.5")
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
