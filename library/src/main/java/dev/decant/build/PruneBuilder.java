package dev.decant.build;

import dev.decant.InputException;
import dev.decant.ModelException;
import dev.decant.model.Network;
import dev.decant.nn.GateSlot;
import dev.decant.prune.Cost;
import dev.decant.prune.Extraction;
import dev.decant.prune.Gates;
import dev.decant.prune.Magnitude;
import dev.decant.prune.Rounding;
import dev.decant.prune.Sparsity;
import dev.decant.recipe.PruneSpec;
import dev.decant.recipe.StageSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;

/** Joins a recipe's pruning to gates, their goals, and what is removed. */
public final class PruneBuilder {

    private PruneBuilder() {}

    /**
     * How long a training is.
     *
     * @param perEpoch steps
     * @param total steps
     */
    public record Steps(long perEpoch, long total) {

        long of(double epochs) {
            return Math.round(epochs * perEpoch);
        }
    }

    /**
     * Puts gates where heads, neurons and channels may go: nowhere in a modality that has no target beside others that do.
     *
     * @throws InputException if the network has none, or the recipe names a modality that it does not have
     */
    public static void attach(PruneSpec spec, Network network) {
        if (network.gates().isEmpty()) {
            throw new InputException("prune: " + network.config().architecture() + " has nothing that can go");
        }
        Map<String, GateSlot> slots = new LinkedHashMap<>();
        parts(network, spec.target().modalities().keySet()).values().forEach(slots::putAll);
        try {
            Extraction.requireShrinkable(network);
        } catch (ModelException e) {
            throw new InputException(String.valueOf(e.getMessage()));
        }
        Gates.attach(slots.isEmpty() ? network.gates() : slots, Gates.Start.dropping(spec.start(), spec.roundTo()));
    }

    /**
     * What holds the gates to the target.
     *
     * @param latency measures this machine, if the target is a time
     * @throws InputException for a target that cannot be reached
     */
    public static Sparsity sparsity(
            PruneSpec spec, Network network, Steps steps, Function<Integer, Cost.Latency> latency) {
        PruneSpec.Target target = spec.target();
        List<Sparsity.Goal> goals = new ArrayList<>();
        Map<String, GateSlot> all = network.gates();
        target.sparsity().ifPresent(s -> goals.add(new Sparsity.Goal("", all, Cost.Parameters.of(all), s)));
        target.latencyRatio()
                .ifPresent(r -> goals.add(new Sparsity.Goal("", all, latency.apply(target.batch()), 1 - r)));
        parts(network, target.modalities().keySet())
                .forEach((name, slots) -> goals.add(new Sparsity.Goal(
                        name,
                        slots,
                        Cost.Parameters.of(slots),
                        target.modalities().getOrDefault(name, 0.0))));
        long warmup = Math.min(steps.of(spec.warmupEpochs()), steps.total() / 2);
        long learning =
                Math.min(steps.total(), spec.learnEpochs().map(steps::of).orElse(Long.MAX_VALUE));
        try {
            return new Sparsity(goals, new Sparsity.Config(spec.lr(), spec.multiplierLr(), warmup, learning));
        } catch (ModelException e) {
            throw new InputException("prune.target: " + e.getMessage());
        }
    }

    /** Whether a target can be reached is known beforehand for sizes; times are measured when the stage begins. */
    public static void check(PruneSpec spec, Network student) {
        attach(spec, student);
        if (spec.target().latencyRatio().isEmpty()) {
            sparsity(spec, student, new Steps(1, 1), batch -> {
                throw new AssertionError("nothing is timed for a size");
            });
        }
        Extraction.detach(student);
    }

    /** What is kept by the size of weights. */
    public static Map<String, long[]> kept(StageSpec.Prune spec, Network network) {
        Map<String, Rounding> roundings = new LinkedHashMap<>();
        network.gates().keySet().forEach(path -> roundings.put(path, Gates.rounding(path, spec.roundTo())));
        try {
            Extraction.requireShrinkable(network);
            Map<String, long[]> kept = new LinkedHashMap<>();
            spec.sparsity().ifPresent(s -> kept.putAll(Magnitude.kept(network.gates(), roundings, s, spec.spread())));
            parts(network, spec.modalities().keySet())
                    .forEach((name, slots) -> kept.putAll(Magnitude.kept(
                            slots, roundings, spec.modalities().getOrDefault(name, 0.0), spec.spread())));
            return kept;
        } catch (ModelException e) {
            throw new InputException("prune: " + e.getMessage());
        }
    }

    /** Parameters of what gates can close, by modality, and of all of them as {@code ""}. */
    public static Map<String, Long> prunable(Network network) {
        Map<String, Long> sizes = new LinkedHashMap<>();
        sizes.put("", Gates.parameters(network.gates()));
        if (network.modalities().size() > 1) {
            network.modalities()
                    .forEach((name, prefixes) -> sizes.put(name, Gates.parameters(Gates.below(network, prefixes))));
        }
        return sizes;
    }

    /** Shares of that which are gone, in percent, by the names of scores: {@code sparsity}, {@code sparsity_vision}. */
    public static Map<String, Double> gone(Map<String, Long> before, Network after) {
        Map<String, Double> gone = new LinkedHashMap<>();
        prunable(after).forEach((name, left) -> {
            long had = before.getOrDefault(name, left);
            gone.put(name.isEmpty() ? "sparsity" : "sparsity_" + name, had == 0 ? 0 : 100 * (1 - (double) left / had));
        });
        return gone;
    }

    /** The gates of the modalities that a recipe names. */
    private static Map<String, Map<String, GateSlot>> parts(Network network, Iterable<String> names) {
        Map<String, Map<String, GateSlot>> parts = new LinkedHashMap<>();
        for (String name : names) {
            List<String> prefixes = Optional.ofNullable(network.modalities().get(name))
                    .orElseThrow(() -> new InputException("prune: "
                            + network.config().architecture()
                            + " has no modality '" + name + "'; it has "
                            + String.join(
                                    ", ", new TreeSet<>(network.modalities().keySet()))));
            Map<String, GateSlot> slots = Gates.below(network, prefixes);
            if (slots.isEmpty()) {
                throw new InputException("prune: nothing in modality '" + name + "' can go");
            }
            parts.put(name, slots);
        }
        return parts;
    }
}
