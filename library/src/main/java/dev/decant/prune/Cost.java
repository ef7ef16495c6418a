package dev.decant.prune;

import dev.decant.nn.GateSlot;
import dev.decant.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** What pruning is to save, as a function of how many units are left at each gate. */
public sealed interface Cost {

    /**
     * The share that is gone, from 0 for all units; a scalar with graph.
     *
     * @param gates of this network
     * @param kept units at each of these, (G)
     */
    Tensor removed(List<String> gates, Tensor kept);

    /** The same of plain numbers. */
    double removedAt(Map<String, Double> kept);

    /** In words, for messages: {@code sparsity} or {@code latency}. */
    String name();

    /**
     * Parameters: 1 - E / P, with E the sum of kept units times their size and P that of all.
     *
     * @param sizes parameters that go with one unit, by gate
     * @param total P
     */
    record Parameters(Map<String, Long> sizes, double total) implements Cost {

        public Parameters {
            sizes = Map.copyOf(sizes);
        }

        /** Of these gates as they are now. */
        public static Parameters of(Map<String, GateSlot> gates) {
            Map<String, Long> sizes = new LinkedHashMap<>();
            gates.forEach((path, gate) -> sizes.put(path, gate.parametersPerUnit()));
            return new Parameters(
                    sizes,
                    gates.values().stream()
                            .mapToDouble(g -> (double) g.units() * g.parametersPerUnit())
                            .sum());
        }

        @Override
        public Tensor removed(List<String> gates, Tensor kept) {
            double[] shares = gates.stream().mapToDouble(this::share).toArray();
            return kept.mul(like(kept, shares)).sum().neg().add(1);
        }

        @Override
        public double removedAt(Map<String, Double> kept) {
            return 1
                    - kept.entrySet().stream()
                            .mapToDouble(e -> e.getValue() * share(e.getKey()))
                            .sum();
        }

        @Override
        public String name() {
            return "sparsity";
        }

        private double share(String gate) {
            return sizes.getOrDefault(gate, 0L) / total;
        }
    }

    /**
     * Time of a forward pass, predicted: the saved time of each gate is read off its curve, and savings add up.
     *
     * @param batch examples in the forward pass that was timed
     * @param milliseconds of the whole network with all units
     * @param curves by gate
     */
    record Latency(int batch, double milliseconds, Map<String, Curve> curves) implements Cost {

        public Latency {
            curves = Map.copyOf(curves);
        }

        /** Each curve is a sum of ramps, one between two points each; all ramps of all gates at once. */
        @Override
        public Tensor removed(List<String> gates, Tensor kept) {
            List<Ramp> ramps = new ArrayList<>();
            double most = 0;
            for (int i = 0; i < gates.size(); i++) {
                Curve curve = curve(gates.get(i));
                most += curve.savedMs.get(0);
                ramps.addAll(curve.ramps(i));
            }
            Tensor at = kept.indexSelect(
                    0, Tensor.of(ramps.stream().mapToLong(Ramp::gate).toArray()).to(kept.device()));
            Tensor from = like(kept, ramps.stream().mapToDouble(Ramp::from).toArray());
            Tensor to = like(kept, ramps.stream().mapToDouble(Ramp::to).toArray());
            Tensor slope = like(kept, ramps.stream().mapToDouble(Ramp::slope).toArray());
            Tensor climbed = at.sub(from).relu().sub(at.sub(to).relu());
            return climbed.mul(slope).sum().add(most).mul(1 / milliseconds);
        }

        @Override
        public double removedAt(Map<String, Double> kept) {
            return kept.entrySet().stream()
                            .mapToDouble(e -> curve(e.getKey()).saved(e.getValue()))
                            .sum()
                    / milliseconds;
        }

        @Override
        public String name() {
            return "latency";
        }

        private Curve curve(String gate) {
            Curve curve = curves.get(gate);
            if (curve == null) {
                throw new IllegalArgumentException("the table of latencies has no gate '" + gate + "'");
            }
            return curve;
        }
    }

    /**
     * Time that a gate saves, straight between the points and constant outside them.
     *
     * @param units ascending
     * @param savedMs at each of these
     */
    record Curve(List<Long> units, List<Double> savedMs) {

        public Curve {
            units = List.copyOf(units);
            savedMs = List.copyOf(savedMs);
            if (units.size() < 2 || units.size() != savedMs.size()) {
                throw new IllegalArgumentException("a curve needs two points or more, got " + units + ", " + savedMs);
            }
        }

        double saved(double kept) {
            double at = Math.min(units.get(units.size() - 1), Math.max(units.get(0), kept));
            double saved = savedMs.get(0);
            for (int i = 1; i < units.size(); i++) {
                double from = units.get(i - 1);
                saved += slope(i) * Math.max(0, Math.min(at, units.get(i)) - from);
            }
            return saved;
        }

        private List<Ramp> ramps(int gate) {
            return IntStream.range(1, units.size())
                    .mapToObj(i -> new Ramp(gate, units.get(i - 1), units.get(i), slope(i)))
                    .toList();
        }

        private double slope(int i) {
            return (savedMs.get(i) - savedMs.get(i - 1)) / (units.get(i) - units.get(i - 1));
        }
    }

    /** A straight piece of the curve of one of the gates. */
    record Ramp(int gate, double from, double to, double slope) {}

    private static Tensor like(Tensor kept, double[] values) {
        return Tensor.of(values, values.length).to(kept.dtype()).to(kept.device());
    }
}
