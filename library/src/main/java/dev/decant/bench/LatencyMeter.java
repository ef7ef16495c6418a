package dev.decant.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.decant.InputException;
import dev.decant.file.AtomicFile;
import dev.decant.file.Json;
import dev.decant.model.Catalogue;
import dev.decant.model.ModelConfig;
import dev.decant.model.Network;
import dev.decant.nn.GateSlot;
import dev.decant.prune.Cost;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.LongStream;

/**
 * Times what each block of a network costs on this machine, by how many units it has left.
 *
 * <p>Blocks of one kind (the same path but for numbers, the same sizes) are cut together to a number of units and the whole
 * network is timed, in turn with the uncut one, so that a machine that slows down slows both. What that saves is shared
 * equally among the blocks. At last all kinds are cut together, which saves less or more than the sum.
 */
public final class LatencyMeter {

    private static final double[] PARTS = {0.875, 0.75, 0.625, 0.5, 0.375, 0.25, 0.125, 0};
    private static final long FAST = 8; // multiples of this are cut to, where there are many units
    private static final double BUDGET_MS = 1200; // for each pair of networks
    private static final int FEWEST = 8;
    private static final int MOST = 200;

    private final ModelConfig config;
    private final int batch;
    private final Network whole;
    private final List<Double> wholeMs = new ArrayList<>();

    private LatencyMeter(ModelConfig config, int batch) {
        this.config = config;
        this.batch = batch;
        whole = build();
    }

    /** The table in the file if it is there, else a new one, which is kept there: a resumed run goes on with its own. */
    public static Cost.Latency table(Network network, int batch, Path file) {
        try {
            if (Files.exists(file)) {
                return Json.MAPPER.readValue(Files.readString(file), Cost.Latency.class);
            }
            Cost.Latency table = measure(network.config(), batch);
            AtomicFile.write(file, Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(table));
            return table;
        } catch (JsonProcessingException e) {
            throw new InputException(file + ": not a table of latencies; delete it to measure anew");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    /** Measures copies of a network with fresh weights. */
    static Cost.Latency measure(ModelConfig config, int batch) {
        return new LatencyMeter(config, batch).measure();
    }

    private Cost.Latency measure() {
        Map<String, List<String>> kinds = new LinkedHashMap<>();
        whole.gates().forEach((path, slot) -> kinds.computeIfAbsent(kind(path, slot), k -> new ArrayList<>())
                .add(path));
        Map<String, Map<Double, Double>> ratios = new LinkedHashMap<>(); // of time, by kind and units
        kinds.forEach((kind, paths) -> ratios.put(kind, ratios(paths)));
        Network all = build();
        Map<Map<String, Double>, Double> joint = new LinkedHashMap<>();
        for (double part : PARTS) {
            Map<String, Double> left = cut(all, List.copyOf(whole.gates().keySet()), part);
            joint.put(left, ratio(all));
        }
        double full = quick(wholeMs);
        Map<String, Cost.Curve> curves = new LinkedHashMap<>();
        kinds.forEach((kind, paths) -> {
            Cost.Curve curve = curve(units(paths), ratios.getOrDefault(kind, Map.of()), full / paths.size());
            paths.forEach(path -> curves.put(path, curve));
        });
        return new Cost.Latency(batch, full, curves, together(curves, joint, full));
    }

    private static String kind(String path, GateSlot slot) {
        return path.replaceAll("[0-9]+", "#") + " " + slot.units() + " " + slot.parametersPerUnit();
    }

    private long units(List<String> paths) {
        return slot(whole, paths.get(0)).units();
    }

    private static GateSlot slot(Network network, String path) {
        return Optional.ofNullable(network.gates().get(path)).orElseThrow();
    }

    /** Time of the network with these gates cut / time of the whole, by the number of units left. */
    private Map<Double, Double> ratios(List<String> paths) {
        Network cut = build();
        Map<Double, Double> ratios = new LinkedHashMap<>();
        double before = units(paths);
        for (double part : PARTS) {
            double left = cut(cut, paths, part).values().iterator().next();
            if (left < before) {
                ratios.put(left, ratio(cut));
            }
            before = left;
        }
        return ratios;
    }

    /** Leaves about that part of the units at each of the gates; it may not have been cut to less before. */
    private Map<String, Double> cut(Network network, List<String> paths, double part) {
        Map<String, long[]> kept = new LinkedHashMap<>();
        Map<String, Double> left = new LinkedHashMap<>();
        for (String path : paths) {
            long units = slot(whole, path).units();
            long step = units >= 8 * FAST ? FAST : 1;
            long n = Math.max(1, Math.round(part * units / step) * step);
            kept.put(path, LongStream.range(0, n).toArray());
            left.put(path, (double) n);
        }
        network.keep(kept);
        return left;
    }

    /** Time of that network / time of the whole. */
    private double ratio(Network cut) {
        double last = 0;
        for (int i = 0; i < 3; i++) {
            last = LatencyBench.time(whole, batch) + LatencyBench.time(cut, batch);
        }
        int rounds = (int) Math.max(FEWEST, Math.min(MOST, BUDGET_MS / last));
        List<Double> uncut = new ArrayList<>();
        List<Double> shorter = new ArrayList<>();
        for (int i = 0; i < rounds; i++) {
            uncut.add(LatencyBench.time(whole, batch));
            shorter.add(LatencyBench.time(cut, batch));
        }
        wholeMs.addAll(uncut);
        return quick(shorter) / quick(uncut);
    }

    /** Fewer units never take longer: what a noisy clock says to the contrary is smoothed out. */
    private static Cost.Curve curve(long units, Map<Double, Double> ratios, double ms) {
        List<Double> at = new ArrayList<>(List.of((double) units));
        List<Double> saved = new ArrayList<>(List.of(0.0));
        for (double left : new TreeSet<>(ratios.keySet()).descendingSet()) {
            at.add(0, left);
            saved.add(0, Math.max(saved.get(0), ms * (1 - ratios.getOrDefault(left, 1.0))));
        }
        if (at.size() == 1) { // a single unit, which stays
            at.add(0, units - 1.0);
            saved.add(0, 0.0);
        }
        return new Cost.Curve(at, saved);
    }

    /** What the curves say of networks cut everywhere, with what they saved. */
    private Cost.Curve together(Map<String, Cost.Curve> curves, Map<Map<String, Double>, Double> ratios, double ms) {
        List<Double> at = new ArrayList<>(List.of(0.0));
        List<Double> saved = new ArrayList<>(List.of(0.0));
        ratios.forEach((left, ratio) -> {
            double sum = Cost.Latency.adding(batch, ms, curves).removedAt(left) * ms;
            if (sum > at.get(at.size() - 1)) {
                at.add(sum);
                saved.add(Math.max(saved.get(saved.size() - 1), ms * (1 - ratio)));
            }
        });
        return at.size() == 1 ? new Cost.Curve(List.of(0.0, ms), List.of(0.0, ms)) : new Cost.Curve(at, saved);
    }

    private Network build() {
        return Catalogue.create(config.architecture(), config.args());
    }

    /** A fifth of the times are shorter: whatever else the machine does adds to a time and never takes from it. */
    private static double quick(List<Double> values) {
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return sorted.length == 0 ? 1 : sorted[sorted.length / 5];
    }
}
