package dev.decant.analyze;

import dev.decant.ModelException;
import dev.decant.model.Network;
import dev.decant.nn.GateSlot;
import dev.decant.prune.Extraction;
import dev.decant.prune.FixedMask;
import dev.decant.prune.Gates;
import dev.decant.prune.Magnitude;
import dev.decant.spec.SparsitySpread;
import dev.decant.tensor.Device;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What each modality of a network is worth to a task: one of them is pruned step by step while the others stay at one
 * sparsity, and the task is scored (section 4.4 of EfficientVLM, arXiv 2210.07795). A network of one modality has one curve.
 */
public final class ImportanceStudy {

    private ImportanceStudy() {}

    /**
     * What is pruned how far.
     *
     * @param sparsities of the modality in turn: shares of the parameters of its heads, neurons and channels; 0 for all kept
     * @param others sparsity of the modalities that wait
     */
    public record Options(List<Double> sparsities, double others) {

        public Options {
            sparsities = List.copyOf(sparsities);
        }
    }

    /** Prunes a network, in whatever way, and scores it. */
    @FunctionalInterface
    public interface Trial {

        /** @param sparsities above 0, by modality; those that are not named stay whole */
        Outcome at(Map<String, Double> sparsities);
    }

    /**
     * A pruned network.
     *
     * @param gone share of each modality's prunable parameters that is gone
     * @param scores of the task, by name
     */
    public record Outcome(Map<String, Double> gone, Map<String, Double> scores) {}

    /**
     * One trial of a curve.
     *
     * @param asked sparsity of the modality
     * @param gone share of the modality's prunable parameters that is gone, which whole heads may keep from what was asked
     * @param ofAll share of all prunable parameters that is gone
     * @param scores of the task, by name
     */
    public record Point(double asked, double gone, double ofAll, Map<String, Double> scores) {}

    /**
     * What was found.
     *
     * @param shares each modality's part of all prunable parameters
     * @param curves points by modality, in the order of the sparsities
     */
    public record Result(double others, Map<String, Double> shares, Map<String, List<Point>> curves) {}

    /**
     * Tries every modality at every sparsity; what two curves have in common is tried once.
     *
     * @throws ModelException if the network has nothing that can go
     */
    public static Result run(Network network, Options options, Trial trial) {
        Map<String, Double> shares = shares(network);
        Map<Map<String, Double>, Outcome> known = new LinkedHashMap<>();
        Map<String, List<Point>> curves = new LinkedHashMap<>();
        for (String modality : shares.keySet()) {
            List<Point> points = new ArrayList<>();
            for (double sparsity : options.sparsities) {
                Map<String, Double> asked = asked(shares, modality, sparsity, options.others);
                Outcome outcome = known.computeIfAbsent(asked, trial::at);
                points.add(new Point(
                        sparsity,
                        outcome.gone.getOrDefault(modality, 0.0),
                        shares.entrySet().stream()
                                .mapToDouble(e -> e.getValue() * outcome.gone.getOrDefault(e.getKey(), 0.0))
                                .sum(),
                        outcome.scores));
            }
            curves.put(modality, List.copyOf(points));
        }
        return new Result(options.others, shares, curves);
    }

    /** All that a study asks of one trial. */
    public static Map<String, Double> asked(
            Map<String, Double> shares, String modality, double sparsity, double others) {
        Map<String, Double> asked = new LinkedHashMap<>();
        shares.keySet().forEach(name -> asked.put(name, name.equals(modality) ? sparsity : others));
        asked.values().removeIf(s -> s == 0);
        return asked;
    }

    /** Each modality's part of all that can go. */
    public static Map<String, Double> shares(Network network) {
        double all = Gates.parameters(network.gates());
        if (all == 0) {
            throw new ModelException(network.config().architecture() + " has nothing that can go");
        }
        Map<String, Double> shares = new LinkedHashMap<>();
        network.modalities().forEach((name, paths) -> {
            double own = Gates.parameters(Gates.below(network, paths));
            if (own > 0) {
                shares.put(name, own / all);
            }
        });
        return shares;
    }

    /**
     * Trials without training: the units with the smallest weights are closed, not removed, and opened again.
     *
     * @param score of the network as it is
     */
    public static Trial magnitude(Network network, SparsitySpread spread, Supplier<Map<String, Double>> score) {
        Device device = network.parameters().values().iterator().next().device();
        return sparsities -> {
            Map<String, Double> gone = new LinkedHashMap<>();
            try {
                sparsities.forEach((name, s) -> gone.put(name, close(network, name, s, spread)));
                network.to(device);
                return new Outcome(gone, score.get());
            } finally {
                Extraction.detach(network);
            }
        };
    }

    private static double close(Network network, String modality, double sparsity, SparsitySpread spread) {
        Map<String, GateSlot> slots = Gates.below(network, network.modalities().getOrDefault(modality, List.of()));
        Map<String, long[]> kept = Magnitude.kept(slots, Map.of(), sparsity, spread);
        double left = 0;
        for (Map.Entry<String, GateSlot> entry : slots.entrySet()) {
            GateSlot slot = entry.getValue();
            long[] units = kept.getOrDefault(entry.getKey(), new long[0]);
            slot.fill(new FixedMask(slot.units(), units));
            left += (double) units.length * slot.parametersPerUnit();
        }
        return 1 - left / Gates.parameters(slots);
    }
}
