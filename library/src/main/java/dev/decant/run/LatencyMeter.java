package dev.decant.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.decant.model.Catalogue;
import dev.decant.model.ModelConfig;
import dev.decant.model.Network;
import dev.decant.nn.GateSlot;
import dev.decant.prune.Cost;
import dev.decant.weights.AtomicFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.LongStream;

/**
 * Times what each block of a network costs on this machine, by how many units it has left.
 *
 * <p>Blocks of one kind (the same path but for numbers, the same sizes) are cut together to a number of units and the whole
 * network is timed, in turn with the uncut one, so that a machine that slows down slows both. What that saves is shared
 * equally among the blocks. Savings of different kinds are taken to add up.
 */
final class LatencyMeter {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final double[] PARTS = {0.75, 0.5, 0.25, 0};
    private static final double BUDGET_MS = 600; // for each pair of networks
    private static final int FEWEST = 8;
    private static final int MOST = 40;

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
    static Cost.Latency table(Network network, int batch, Path file) {
        try {
            if (Files.exists(file)) {
                return JSON.readValue(Files.readString(file), Cost.Latency.class);
            }
            Cost.Latency table = measure(network.config(), batch);
            AtomicFile.write(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(table));
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
        Map<String, Map<Long, Double>> ratios = new LinkedHashMap<>(); // of time, by kind and units
        kinds.forEach((kind, paths) -> ratios.put(kind, ratios(paths)));
        double full = quartile(wholeMs);
        Map<String, Cost.Curve> curves = new LinkedHashMap<>();
        kinds.forEach((kind, paths) -> {
            Cost.Curve curve = curve(units(paths), ratios.getOrDefault(kind, Map.of()), full / paths.size());
            paths.forEach(path -> curves.put(path, curve));
        });
        return new Cost.Latency(batch, full, curves);
    }

    private static String kind(String path, GateSlot slot) {
        return path.replaceAll("[0-9]+", "#") + " " + slot.units() + " " + slot.parametersPerUnit();
    }

    private long units(List<String> paths) {
        GateSlot slot = whole.gates().get(paths.get(0));
        return slot == null ? 1 : slot.units();
    }

    /** Time of the network with these gates cut / time of the whole, by the number of units left. */
    private Map<Long, Double> ratios(List<String> paths) {
        long units = units(paths);
        Map<Long, Double> ratios = new LinkedHashMap<>();
        for (double part : PARTS) {
            long left = Math.max(1, Math.round(part * units));
            if (left < units && !ratios.containsKey(left)) {
                ratios.put(left, ratio(paths, left));
            }
        }
        return ratios;
    }

    private double ratio(List<String> paths, long left) {
        Network cut = build();
        Map<String, long[]> kept = new LinkedHashMap<>();
        paths.forEach(path -> kept.put(path, LongStream.range(0, left).toArray()));
        cut.keep(kept);
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
        return quartile(shorter) / quartile(uncut);
    }

    /** Fewer units never take longer: what a noisy clock says to the contrary is smoothed out. */
    private static Cost.Curve curve(long units, Map<Long, Double> ratios, double ms) {
        List<Long> descending = new ArrayList<>(new TreeSet<>(ratios.keySet()).descendingSet());
        List<Long> at = new ArrayList<>(List.of(units));
        List<Double> saved = new ArrayList<>(List.of(0.0));
        for (long left : descending) {
            at.add(0, left);
            saved.add(0, Math.max(saved.get(0), ms * (1 - ratios.getOrDefault(left, 1.0))));
        }
        if (at.size() == 1) { // a single unit, which stays
            at.add(0, units - 1);
            saved.add(0, 0.0);
        }
        return new Cost.Curve(at, saved);
    }

    private Network build() {
        return Catalogue.create(config.architecture(), config.args());
    }

    /** A quarter of the times are shorter: whatever else the machine does adds to a time and never takes from it. */
    private static double quartile(List<Double> values) {
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return sorted.length == 0 ? 1 : sorted[sorted.length / 4];
    }
}
