package dev.decant.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.decant.InputException;
import dev.decant.file.AtomicFile;
import dev.decant.file.FileException;
import dev.decant.file.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Writes {@code report.html} from what lies in a run folder: {@code summary.json}, {@code metrics.jsonl},
 * {@code provenance.json}, the resolved recipe and {@code figures/}. The page holds everything it needs and asks for
 * nothing from a network. Missing pieces are left out, and the page says so.
 */
public final class Report {

    /** Name of the file in a run folder. */
    public static final String FILE = "report.html";

    private static final TypeReference<List<Chart>> CHARTS = new TypeReference<>() {};

    private final Path folder;
    private final List<String> notes = new ArrayList<>();
    private final List<Chart> charts = new ArrayList<>();

    private Report(Path folder) {
        this.folder = folder;
    }

    /**
     * Writes the report of a run, ended or not, over an older one.
     *
     * @return the file
     * @throws UncheckedIOException if the folder cannot be read or the report not written
     */
    public static Path write(Path runFolder) {
        if (!Files.isDirectory(runFolder)) {
            throw new InputException(runFolder + ": not a run folder: there is no such folder");
        }
        Path file = runFolder.resolve(FILE);
        try {
            AtomicFile.write(file, new Report(runFolder).page().getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + runFolder + ": " + FileException.reason(e), e);
        }
        return file;
    }

    private String page() throws IOException {
        Optional<Summary> summary = summary();
        List<TableRow> table = summary.map(Summary::table).orElse(List.of());
        String metric = summary.map(Summary::metric).orElse("");
        Map<String, Double> teacher =
                ReportTables.teacher(table).map(TableRow::metrics).orElse(Map.of());
        Curves curves = Curves.read(folder.resolve("metrics.jsonl"));
        Figures figures = Figures.read(folder.resolve("figures"));
        if (!Files.exists(folder.resolve(Summary.FILE))) {
            notes.add("This run has not ended: there is no summary.json. "
                    + (curves.last().isEmpty()
                            ? "Nothing was logged."
                            : "The last line logged: " + curves.last() + "."));
        }
        JsonNode provenance = provenance();
        String recipe = recipe();
        if (curves.unreadable() > 0) {
            notes.add("metrics.jsonl: lines that are not JSON objects and are left out: " + curves.unreadable() + ".");
        }
        notes.addAll(figures.skipped());
        String path = summary.map(Summary::recipe).filter(r -> !r.isBlank()).orElse(name(folder));

        Map<String, String> parts = new LinkedHashMap<>();
        parts.put("title", Html.escape(stem(path)));
        parts.put("path", Html.escape(path));
        parts.put("tiles", ReportTables.tiles(table, metric).toString());
        parts.put(
                "models", section("Models", who(summary), ReportTables.models(table, metric), scatter(table, metric)));
        parts.put("curves", section("Training", curves(curves, teacher)));
        parts.put("figures", section("Figures", figures(figures)));
        parts.put(
                "outcomes",
                section("Outcome", summary.map(ReportTables::outcomes).orElseGet(Html::new)));
        parts.put("measured", section("How it was measured", measured(summary)));
        parts.put("provenance", section("Provenance and machine", ReportTables.definitions(provenance)));
        parts.put("recipe", section("Recipe", folded("The recipe with every default", recipe)));
        parts.put("notes", notes().toString());
        parts.put("charts", Html.script(Json.MAPPER.writerFor(CHARTS).writeValueAsString(charts)));
        return ReportTemplate.fill(parts);
    }

    private Optional<Summary> summary() {
        try {
            return Summary.read(folder);
        } catch (UncheckedIOException e) {
            notes.add("summary.json cannot be used: " + e.getMessage());
            return Optional.empty();
        }
    }

    private JsonNode provenance() throws IOException {
        Path file = folder.resolve("provenance.json");
        if (Files.exists(file)) {
            try {
                return Json.MAPPER.readTree(Files.readString(file));
            } catch (JsonProcessingException e) {
                notes.add("provenance.json is not JSON: " + e.getOriginalMessage());
            }
        } else {
            notes.add("There is no provenance.json: the machine and the versions of this run are not known.");
        }
        return JsonNodeFactory.instance.objectNode();
    }

    private String recipe() throws IOException {
        for (String name : List.of("recipe.resolved.yaml", "recipe.yaml")) {
            if (Files.exists(folder.resolve(name))) {
                return Files.readString(folder.resolve(name));
            }
        }
        notes.add("There is no recipe in the run folder.");
        return "";
    }

    /** What the rows of the table are. */
    private static Html who(Optional<Summary> summary) {
        Html html = new Html();
        summary.map(Summary::who).filter(w -> !w.isEmpty()).ifPresent(w -> html.element("p", w));
        return html;
    }

    private Html scatter(List<TableRow> table, String metric) {
        Html html = new Html();
        if (table.size() < 2) {
            return html;
        }
        List<Chart.Dot> dots = table.stream()
                .filter(row -> row.bytes() > 0 && row.metrics().containsKey(metric))
                .map(row -> new Chart.Dot(
                        row.name(),
                        row.role().json(),
                        row.bytes(),
                        row.metrics().getOrDefault(metric, Double.NaN),
                        row.spread().getOrDefault(metric, 0.0)))
                .toList();
        chart(html, new Chart.Scatter("size and " + metric, "size on disk", metric, dots), "wide");
        return html;
    }

    private Html curves(Curves curves, Map<String, Double> teacher) {
        Html html = new Html();
        for (String stage : curves.stages()) {
            html.element("h3", "Stage: " + stage);
            html.element(
                    "p",
                    "One curve per seed. Where more than " + Curves.MOST_POINTS
                            + " steps were logged, a point is the mean of a stretch of steps.",
                    "class",
                    "hint");
            List<Chart> charts = curves.charts(stage, teacher);
            html.add(legend(charts)).open("div", "class", "grid");
            charts.forEach(chart -> chart(html, chart, ""));
            html.close("div");
        }
        return html;
    }

    /** What the roles of a stage's curves look like; once, not in each chart. */
    private static Html legend(List<Chart> charts) {
        Map<String, String> roles =
                Map.of("student", "student", "control", "control, trained without the teacher", "teacher", "teacher");
        Html html = new Html().open("p", "class", "legend");
        charts.stream()
                .flatMap(chart -> chart instanceof Chart.Lines lines ? lines.lines().stream() : Stream.empty())
                .map(Chart.Line::role)
                .distinct()
                .forEach(role -> html.element("span", roles.getOrDefault(role, role), "class", "key " + role));
        return html.close("p");
    }

    private Html figures(Figures figures) {
        Html html = new Html();
        if (figures.charts().isEmpty() && figures.images().isEmpty()) {
            return html;
        }
        html.open("div", "class", "grid");
        figures.charts().forEach(chart -> chart(html, chart, chart instanceof Chart.HeatMap ? "square" : ""));
        figures.images().forEach(image -> {
            html.open("figure").element("figcaption", image.title());
            html.open("img", "src", image.address(), "alt", image.title()).close("figure");
        });
        return html.close("div");
    }

    private void chart(Html html, Chart chart, String style) {
        html.open("figure", "class", style).element("figcaption", chart.title());
        html.open("div", "class", "chart", "role", "img", "aria-label", chart.alt(), "data-chart", "" + charts.size());
        html.close("div").close("figure");
        charts.add(chart);
    }

    private static Html measured(Optional<Summary> summary) {
        Map<String, String> measured = summary.map(Summary::measured).orElse(Map.of());
        return ReportTables.definitions(Json.MAPPER.valueToTree(measured));
    }

    private static Html folded(String title, String text) {
        Html html = new Html();
        return text.isBlank()
                ? html
                : html.open("details")
                        .element("summary", title)
                        .open("pre", "tabindex", "0")
                        .element("code", text)
                        .close("pre")
                        .close("details");
    }

    private Html notes() {
        Html html = new Html();
        if (!notes.isEmpty()) {
            html.open("div", "class", "notes", "role", "note");
            notes.forEach(note -> html.element("p", note));
            html.close("div");
        }
        return html;
    }

    private static String section(String title, Html... contents) {
        Html html = new Html().open("section").element("h2", title);
        boolean empty = true;
        for (Html content : contents) {
            empty &= content.isEmpty();
            html.add(content);
        }
        return empty ? "" : html.close("section").toString();
    }

    private static String stem(String path) {
        return name(Path.of(path)).replaceFirst("\\.ya?ml$", "");
    }

    private static String name(Path path) {
        Path name = path.toAbsolutePath().normalize().getFileName();
        return name == null ? path.toString() : name.toString();
    }
}
