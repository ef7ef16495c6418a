package dev.decant.recipe;

import java.util.Map;
import java.util.Optional;

/** Which heads, neurons and channels a student is to do without, learned in the stage. */
@About("Learns which heads, neurons and channels the student can do without; they are removed when the stage is over.")
public record PruneSpec(
        @About("what is to go: one of its three keys") Target target,
        @About("epochs until the target is asked for in full, growing evenly from 0") @Default("1") double warmupEpochs,
        @About("epochs after which the masks stay as they are and the student trains on alone; to the end unless set")
                Optional<Double> learnEpochs,
        @About("learning rate of the gates") @Default("0.01") double lr,
        @About("learning rate of the multipliers that hold the gates to the target") @Default("0.01")
                double multiplierLr,
        @About("how likely a neuron or channel is to be dropped at the start, about") @Default("0.5") double start,
        @About("neurons and channels are left in multiples of this; 8 or 16 runs faster") @Default("1") int roundTo) {

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

    /** The stage that holds this must be long enough. */
    void check(Checks check, TrainingSpec training) {
        check.that(
                warmupEpochs < training.epochs(),
                "prune.warmup-epochs",
                "must be less than the " + training.epochs() + " epochs of the stage, got " + warmupEpochs);
    }

    /** What is to go. */
    @About("What is to go. The three keys exclude each other; shares are those of what gates can close.")
    public record Target(
            @About("share of the parameters of heads, neurons and channels; which of them is learned")
                    Optional<Double> sparsity,
            @About("the same for each modality by itself: `{vision: 0.2, text: 0.3}`; one left out is not pruned")
                    @Default("{}")
                    Map<String, Double> modalities,
            @About(
                            "time of a forward pass after pruning / before, on this machine, which is measured when the stage begins")
                    Optional<Double> latencyRatio,
            @About("latency-ratio: examples in that forward pass") @Default("1") int batch) {
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
