package dev.decant.prune;

import dev.decant.ModelException;
import dev.decant.nn.GateSlot;
import dev.decant.spec.SparsitySpread;
import dev.decant.tensor.Scope;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Pruning without training: the units with the smallest weights go first (Han et al. 2015, arXiv 1506.02626; Li et al. 2017). */
public final class Magnitude {

    private Magnitude() {}

    /**
     * The units to keep, by gate.
     *
     * @param slots what may be pruned, by path
     * @param roundings what numbers each gate may keep, by path
     * @param sparsity share of the slots' parameters that is to go
     * @throws ModelException for a sparsity that cannot be reached, saying what can
     */
    public static Map<String, long[]> kept(
            Map<String, GateSlot> slots, Map<String, Rounding> roundings, double sparsity, SparsitySpread spread) {
        Map<String, Layer> layers = new LinkedHashMap<>();
        slots.forEach((path, slot) -> layers.put(path, layer(slot, roundings.getOrDefault(path, Rounding.NONE))));
        requireReachable(layers, sparsity);
        Map<String, Double> wanted =
                spread == SparsitySpread.UNIFORM ? uniform(layers, sparsity) : global(layers, sparsity);
        Map<String, long[]> kept = new LinkedHashMap<>();
        double owed = 0; // parameters that rounding has kept too many of, to be made good by later layers
        for (var entry : layers.entrySet()) {
            Layer layer = entry.getValue();
            double count = wanted.getOrDefault(entry.getKey(), (double) layer.units());
            long n = layer.rounding.kept(layer.units(), count - owed / layer.size);
            owed += (n - count) * layer.size;
            kept.put(entry.getKey(), layer.largest(n));
        }
        return kept;
    }

    /** One gate with its units' magnitudes. */
    private record Layer(float[] magnitudes, long size, Rounding rounding) {

        long units() {
            return magnitudes.length;
        }

        long parameters() {
            return units() * size;
        }

        double meanSquare(int unit) {
            return magnitudes[unit] * magnitudes[unit] / (double) size;
        }

        long[] largest(long n) {
            return Gates.largest(
                    IntStream.range(0, magnitudes.length)
                            .mapToDouble(i -> magnitudes[i])
                            .toArray(),
                    n);
        }
    }

    private static Layer layer(GateSlot slot, Rounding rounding) {
        try (Scope scope = Scope.open()) {
            return new Layer(slot.magnitudes().floats(), slot.parametersPerUnit(), rounding);
        }
    }

    private static Map<String, Double> uniform(Map<String, Layer> layers, double sparsity) {
        Map<String, Double> wanted = new LinkedHashMap<>();
        layers.forEach((path, layer) -> wanted.put(path, layer.units() * (1 - sparsity)));
        return wanted;
    }

    private static Map<String, Double> global(Map<String, Layer> layers, double sparsity) {
        record Unit(String path, double meanSquare, long size) {}
        List<Unit> units = new ArrayList<>();
        Map<String, Double> wanted = new LinkedHashMap<>();
        layers.forEach((path, layer) -> {
            wanted.put(path, (double) layer.units());
            for (int i = 0; i < layer.units(); i++) {
                units.add(new Unit(path, layer.meanSquare(i), layer.size));
            }
        });
        units.sort(Comparator.comparingDouble(Unit::meanSquare));
        double left = sparsity * total(layers);
        for (Unit unit : units) {
            double have = wanted.getOrDefault(unit.path, 0.0);
            Layer layer = layers.get(unit.path);
            if (layer != null && left >= unit.size / 2.0 && have > layer.rounding.least(layer.units())) {
                wanted.put(unit.path, have - 1);
                left -= unit.size;
            }
        }
        return wanted;
    }

    private static void requireReachable(Map<String, Layer> layers, double sparsity) {
        double least = layers.values().stream()
                .mapToDouble(l -> (double) l.rounding.least(l.units()) * l.size)
                .sum();
        double most = 1 - least / total(layers);
        if (sparsity > most) {
            String neurons = layers.values().stream()
                    .map(Layer::rounding)
                    .filter(r -> r.multiple() > 1)
                    .map(r -> r.multiple() + " neurons")
                    .findFirst()
                    .orElse("a neuron");
            throw new ModelException("sparsity " + Sparsity.shown(sparsity)
                    + " cannot be reached: every layer keeps a head and " + neurons + ", so at most "
                    + Sparsity.shown(most) + " can go");
        }
    }

    private static double total(Map<String, Layer> layers) {
        return layers.values().stream().mapToDouble(Layer::parameters).sum();
    }
}
