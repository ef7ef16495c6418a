package dev.decant.recipe;

import java.util.Map;
import java.util.Optional;

/** Learned gates that select which heads, neurons and channels of the student to prune. */
@About("Learns gates that select which heads, neurons and channels to prune; the end of the stage removes those.")
public record PruneSpec(
        @About("the target size or latency; set one of its three keys") Target target,
        @About("epochs over which the target sparsity rises linearly from 0 to its full value") @Default("1")
                double warmupEpochs,
        @About("epochs after which the masks are frozen and only the student trains; by default the gates learn until "
                        + "the end")
                Optional<Double> learnEpochs,
        @About("learning rate of the gates") @Default("0.01") double lr,
        @About("learning rate of the Lagrange multipliers that hold the gates to the target") @Default("0.01")
                double multiplierLr,
        @About("approximate probability that a neuron or channel is dropped at the start") @Default("0.5") double start,
        @About("the number of neurons or channels that remain is a multiple of this; 8 or 16 runs faster") @Default("1")
                int roundTo) {

    public PruneSpec {
        Checks check = new Checks();
        check.atLeast("warmup-epochs", warmupEpochs, 0);
        check.above("learn-epochs", learnEpochs, 0);
        check.that(
                learnEpochs.orElse(Double.MAX_VALUE) >= warmupEpochs,
                "learn-epochs",
                "must be at least warmup-epochs, or the target is never asked for in full");
        check.above("lr", lr, 0);
        check.above("multiplier-lr", multiplierLr, 0);
        check.that(start > 0 && start < 1, "start", "must be between 0 and 1, got " + start);
        check.atLeast("round-to", roundTo, 1);
        check.done();
    }

    /** Checks that the stage has more epochs than the warm-up. */
    void check(Checks check, TrainingSpec training) {
        check.that(
                warmupEpochs < training.epochs(),
                "prune.warmup-epochs",
                "must be less than the " + training.epochs() + " epochs of the stage, got " + warmupEpochs);
    }

    /** The pruning target. */
    @About("The pruning target. Set exactly one of `sparsity`, `modalities` and `latency-ratio`. Sparsities are "
            + "shares of the prunable parameters.")
    public record Target(
            @About("share of the parameters of all heads, neurons and channels to prune; the gates learn which")
                    Optional<Double> sparsity,
            @About("sparsity of each modality: `{vision: 0.2, text: 0.3}`; a modality that is not listed is not pruned")
                    @Default("{}")
                    Map<String, Double> modalities,
            @About(
                            "latency of a forward pass after pruning / before, on this machine; measured at the start of the stage")
                    Optional<Double> latencyRatio,
            @About("latency-ratio: batch size of that forward pass") @Default("1") int batch) {
        public Target {
            modalities = Map.copyOf(modalities);
            Checks check = new Checks();
            int given = (sparsity.isPresent() ? 1 : 0)
                    + (modalities.isEmpty() ? 0 : 1)
                    + (latencyRatio.isPresent() ? 1 : 0);
            check.that(given == 1, "", "expected one of sparsity, modalities and latency-ratio, got " + given);
            sparsity.ifPresent(s -> share(check, "sparsity", s));
            modalities.forEach((name, s) -> share(check, "modalities." + name, s));
            latencyRatio.ifPresent(s -> share(check, "latency-ratio", s));
            check.atLeast("batch", batch, 1);
            check.done();
        }
    }

    static void share(Checks check, String key, double value) {
        check.that(value > 0 && value < 1, key, "must be between 0 and 1, got " + value);
    }
}
