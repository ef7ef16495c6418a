package dev.decant.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.decant.file.Json;
import dev.decant.train.RunKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Reads {@code metrics.jsonl} into charts: for each stage, one per score, per loss term, per other logged number. */
final class Curves {

    /** A curve with more points than this is shown as the means of as many stretches of equal length. */
    static final int MOST_POINTS = 120;

    private static final Set<String> KEYS = Set.of("stage", "run", "seed", "step", "epoch", "terms", "metrics");
    private static final Map<String, String> TITLES = Map.of(
            "lr", "learning rate",
            "loss", "loss, total",
            "data_share", "share of the step spent waiting for data");

    /** What is plotted: evaluations first, then the loss, its terms, and the rest. */
    private enum Kind {
        SCORE,
        LOSS,
        TERM,
        RATE,
        OTHER
    }

    private static final Map<String, Kind> KINDS = Map.of("loss", Kind.LOSS, "lr", Kind.RATE);

    private record Panel(Kind kind, String name) implements Comparable<Panel> {
        @Override
        public int compareTo(Panel other) {
            int byKind = kind.compareTo(other.kind);
            return byKind != 0 ? byKind : name.compareTo(other.name);
        }

        String title() {
            String plain = TITLES.getOrDefault(name, name.replace('_', ' '));
            return kind == Kind.TERM ? "loss term: " + name : plain;
        }
    }

    private record Points(List<Double> x, List<Double> y) {}

    private final Map<String, Map<Panel, Map<RunKey, Points>>> stages = new LinkedHashMap<>();
    private int unreadable;
    private String last = "";

    private Curves() {}

    /** Reads the log; a missing file gives no curves. */
    static Curves read(Path file) throws IOException {
        Curves curves = new Curves();
        if (Files.exists(file)) {
            try (Stream<String> lines = Files.lines(file)) {
                lines.filter(line -> !line.isBlank()).forEach(curves::add);
            }
        }
        return curves;
    }

    Set<String> stages() {
        return stages.keySet();
    }

    /** Lines that are not JSON objects. */
    int unreadable() {
        return unreadable;
    }

    /** Where the last line was written, in words; empty without a line. */
    String last() {
        return last;
    }

    /**
     * The charts of one stage.
     *
     * @param teacher scores of the teacher, drawn as a level where there is a curve of the same score
     */
    List<Chart> charts(String stage, Map<String, Double> teacher) {
        List<Chart> charts = new ArrayList<>();
        stages.getOrDefault(stage, Map.of()).forEach((panel, runs) -> {
            List<Chart.Line> lines = new ArrayList<>();
            boolean manySeeds =
                    runs.keySet().stream().map(RunKey::seed).distinct().count() > 1;
            runs.forEach((key, points) -> lines.add(line(key, points, manySeeds, panel.kind() == Kind.SCORE)));
            Double level = teacher.get(panel.name());
            if (panel.kind() == Kind.SCORE && level != null) {
                lines.add(level(lines, level));
            }
            charts.add(new Chart.Lines(panel.title(), "epoch", panel.title(), lines));
        });
        return charts;
    }

    private void add(String text) {
        JsonNode line;
        try {
            line = Json.MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            unreadable++;
            return;
        }
        if (!line.isObject()) {
            unreadable++;
            return;
        }
        RunKey key = new RunKey(
                line.path("stage").asText(),
                line.path("run").asText(),
                line.path("seed").asLong());
        double epoch = line.path("epoch").asDouble();
        line.properties().stream()
                .filter(entry -> !KEYS.contains(entry.getKey()))
                .forEach(entry -> add(
                        key,
                        new Panel(KINDS.getOrDefault(entry.getKey(), Kind.OTHER), entry.getKey()),
                        epoch,
                        entry.getValue()));
        line.path("terms").properties().forEach(e -> add(key, new Panel(Kind.TERM, e.getKey()), epoch, e.getValue()));
        line.path("metrics")
                .properties()
                .forEach(e -> add(key, new Panel(Kind.SCORE, e.getKey()), epoch, e.getValue()));
        last = "stage " + key.stage() + ", " + key.run() + ", seed " + key.seed() + ", step "
                + line.path("step").asLong() + ", epoch " + Numbers.plain(epoch);
    }

    private void add(RunKey key, Panel panel, double epoch, JsonNode value) {
        if (value.isNumber() || value.isTextual()) {
            Points points = stages.computeIfAbsent(key.stage(), s -> new TreeMap<>())
                    .computeIfAbsent(panel, p -> new LinkedHashMap<>())
                    .computeIfAbsent(key, k -> new Points(new ArrayList<>(), new ArrayList<>()));
            points.x().add(epoch);
            points.y().add(value.isNumber() ? value.asDouble() : Double.NaN);
        }
    }

    private static Chart.Line line(RunKey key, Points points, boolean manySeeds, boolean whole) {
        String name = manySeeds ? key.run() + ", seed " + key.seed() : key.run();
        String role = key.run().equals(RunKey.CONTROL) ? RunKey.CONTROL : "student";
        int most = whole ? Integer.MAX_VALUE : MOST_POINTS;
        return new Chart.Line(name, role, means(points.x(), most), means(points.y(), most));
    }

    private static Chart.Line level(List<Chart.Line> lines, double level) {
        double end = lines.stream()
                .mapToDouble(line -> line.x()[line.x().length - 1])
                .max()
                .orElse(0);
        double start = lines.stream().mapToDouble(line -> line.x()[0]).min().orElse(0);
        return new Chart.Line("teacher", "teacher", new double[] {start, end}, new double[] {level, level});
    }

    /** Means over {@code most} stretches of equal length; the numbers themselves if they are no more than that. */
    static double[] means(List<Double> values, int most) {
        int size = values.size();
        int parts = Math.min(size, most);
        double[] result = new double[parts];
        for (int i = 0; i < parts; i++) {
            int from = (int) ((long) i * size / parts);
            int to = (int) ((long) (i + 1) * size / parts);
            result[i] = values.subList(from, to).stream()
                    .mapToDouble(v -> v)
                    .average()
                    .orElse(Double.NaN);
        }
        return result;
    }
}
