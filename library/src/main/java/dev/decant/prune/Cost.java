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
            return new Parameters(sizes, Gates.parameters(gates));
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
     * Time of a forward pass, predicted: the saved time of each gate is read off its curve; what they add up to is not quite
     * what they save together, which is read off one more curve.
     *
     * @param batch examples in the forward pass that was timed
     * @param milliseconds of the whole network with all units
     * @param curves by gate: saved milliseconds by units
     * @param together saved milliseconds by the sum of those that the curves say
     */
    record Latency(int batch, double milliseconds, Map<String, Curve> curves, Curve together) implements Cost {

        public Latency {
            curves = Map.copyOf(curves);
        }

        /** With savings that add up. */
        public static Latency adding(int batch, double milliseconds, Map<String, Curve> curves) {
            List<Double> ends = List.of(0.0, milliseconds);
            return new Latency(batch, milliseconds, curves, new Curve(ends, ends));
        }

        /** Each curve is a sum of ramps, one between two points each; all ramps of all gates at once. */
        @Override
        public Tensor removed(List<String> gates, Tensor kept) {
            Tensor sum = sum(gates.stream().map(this::curve).toList(), kept);
            return sum(List.of(together), sum.reshape(1)).mul(1 / milliseconds);
        }

        private static Tensor sum(List<Curve> curves, Tensor at) {
            List<Ramp> ramps = new ArrayList<>();
            for (int i = 0; i < curves.size(); i++) {
                ramps.addAll(curves.get(i).ramps(i));
            }
            Tensor own = at.indexSelect(
                    0,
                    Tensor.of(at.device(), ramps.stream().mapToLong(Ramp::curve).toArray()));
            Tensor from = like(at, ramps.stream().mapToDouble(Ramp::from).toArray());
            Tensor to = like(at, ramps.stream().mapToDouble(Ramp::to).toArray());
            Tensor slope = like(at, ramps.stream().mapToDouble(Ramp::slope).toArray());
            Tensor climbed = own.sub(from).relu().sub(own.sub(to).relu());
            return climbed.mul(slope)
                    .sum()
                    .add(curves.stream().mapToDouble(c -> c.savedMs.get(0)).sum());
        }

        @Override
        public double removedAt(Map<String, Double> kept) {
            return together.saved(kept.entrySet().stream()
                            .mapToDouble(e -> curve(e.getKey()).saved(e.getValue()))
                            .sum())
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
     * Saved time, straight between the points and constant outside them.
     *
     * @param at ascending: units that are left
     * @param savedMs at each of these
     */
    record Curve(List<Double> at, List<Double> savedMs) {

        public Curve {
            at = List.copyOf(at);
            savedMs = List.copyOf(savedMs);
            if (at.size() < 2 || at.size() != savedMs.size()) {
                throw new IllegalArgumentException("a curve needs two points or more, got " + at + ", " + savedMs);
            }
        }

        /** At any place. */
        public double saved(double place) {
            double saved = savedMs.get(0);
            for (int i = 1; i < at.size(); i++) {
                double from = at.get(i - 1);
                saved += slope(i) * Math.max(0, Math.min(place, at.get(i)) - from);
            }
            return saved;
        }

        private List<Ramp> ramps(int curve) {
            return IntStream.range(1, at.size())
                    .mapToObj(i -> new Ramp(curve, at.get(i - 1), at.get(i), slope(i)))
                    .toList();
        }

        private double slope(int i) {
            return (savedMs.get(i) - savedMs.get(i - 1)) / (at.get(i) - at.get(i - 1));
        }
    }

    /** A straight piece of one of several curves. */
    record Ramp(int curve, double from, double to, double slope) {}

    private static Tensor like(Tensor kept, double[] values) {
        return Tensor.of(values, values.length).to(kept.dtype()).to(kept.device());
    }
}
