package dev.decant.report;

import com.fasterxml.jackson.databind.JsonNode;
import dev.decant.bench.Latency;
import dev.decant.bench.LatencyRow;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The parts of a report that are text and tables. */
final class ReportTables {

    private static final int FOLDED_ABOVE = 12;
    private static final int MOST_ENTRIES = 200;

    private ReportTables() {}

    /** The first row of the teacher. */
    static Optional<TableRow> teacher(List<TableRow> table) {
        return table.stream().filter(row -> row.role() == TableRow.Role.TEACHER).findFirst();
    }

    /** What the run ends with: the last row that is neither teacher nor control. */
    static Optional<TableRow> outcome(List<TableRow> table) {
        return table.stream().filter(row -> row.role().isOutcome()).reduce((first, last) -> last);
    }

    /** The four figures that matter, large: score, gain over the control, size and speed beside the teacher. */
    static Html tiles(List<TableRow> table, String metric) {
        Html html = new Html();
        Optional<TableRow> outcome = outcome(table);
        if (outcome.isEmpty()) {
            return html;
        }
        TableRow row = outcome.get();
        html.open("dl", "class", "tiles");
        tile(html, metric, score(row.metrics(), row.spread(), metric), row.name());
        tile(html, "over the control", difference(row, metric), "the same student trained without its teacher");
        teacher(table).ifPresent(teacher -> {
            tile(html, "of the teacher’s size", sizeRatio(row, teacher), sizes(row, teacher));
            sharedBatch(row, teacher).ifPresent(batch -> {
                String times = Numbers.plain(latency(row, batch)) + " ms against "
                        + Numbers.plain(latency(teacher, batch)) + " ms, batch " + batch;
                tile(html, "the teacher’s speed", Numbers.ratio(latency(teacher, batch) / latency(row, batch)), times);
            });
        });
        return html.close("dl");
    }

    /** The table of models. */
    static Html models(List<TableRow> table, String metric) {
        Html html = new Html();
        if (table.isEmpty()) {
            return html;
        }
        SortedSet<Integer> batches = TableCsv.batches(table);
        Optional<TableRow> teacher = teacher(table);
        scroller(html, "Models of this run").open("table").open("thead").open("tr");
        header(html, "Model");
        header(html, metric, "n");
        header(html, "Gain over control", "n");
        header(html, "Parameters", "n");
        header(html, "Size", "n");
        batches.forEach(batch -> header(html, "Latency, batch " + batch, "n"));
        html.close("tr").close("thead").open("tbody");
        table.forEach(row -> model(html, row, teacher, metric, batches));
        return html.close("tbody").close("table").close("div");
    }

    private static void model(
            Html html, TableRow row, Optional<TableRow> teacher, String metric, Collection<Integer> batches) {
        html.open("tr", "class", row.role().json());
        html.open("th", "scope", "row").text(row.name());
        small(
                        html,
                        row.role() == TableRow.Role.CONTROL
                                ? "control, no teacher"
                                : row.role().json())
                .close("th");
        html.element("td", score(row.metrics(), row.spread(), metric));
        html.element("td", difference(row, metric));
        html.element("td", Numbers.count(row.parameters()), "title", Long.toString(row.parameters()));
        html.open("td", "title", row.bytes() + " bytes").text(Numbers.bytes(row.bytes()));
        boolean beside = row.role() != TableRow.Role.TEACHER;
        teacher.filter(t -> beside).ifPresent(t -> small(html, sizeRatio(row, t) + " teacher"));
        html.close("td");
        for (int batch : batches) {
            double own = latency(row, batch);
            html.open("td").text(Double.isNaN(own) ? "–" : Numbers.plain(own) + " ms");
            double theirs =
                    teacher.filter(t -> beside).map(t -> latency(t, batch)).orElse(Double.NaN);
            if (!Double.isNaN(own + theirs)) {
                small(html, Numbers.ratio(theirs / own) + " as fast");
            }
            html.close("td");
        }
        html.close("tr");
    }

    /** Stages with their time, conditions of the recipe, exported files. */
    static Html outcomes(Summary summary) {
        Html html = new Html();
        rows(
                html,
                "Conditions of the recipe",
                List.of("Condition", "Limit", "Found", "Met"),
                summary.require(),
                r -> List.of(r.name(), r.limit(), Numbers.plain(r.value()), r.met() ? "✓ met" : "✗ missed"));
        rows(
                html,
                "Stages",
                List.of("Stage", "Scores", "Control", "Time"),
                summary.stages(),
                s -> List.of(s.name(), scores(s.metrics()), scores(s.control()), Numbers.seconds(s.seconds())));
        rows(
                html,
                "Exported files",
                List.of("File", "Size", "Parity"),
                summary.exports(),
                e -> List.of(e.file(), Numbers.bytes(e.bytes()), Numbers.plain(e.parity())));
        latencies(html, summary.latency());
        return html;
    }

    private static void latencies(Html html, List<LatencyRow> latency) {
        SortedSet<Integer> batches = latency.stream()
                .flatMap(row -> row.latencyMs().keySet().stream())
                .collect(Collectors.toCollection(TreeSet::new));
        List<String> header = Stream.concat(
                        Stream.of("Model", "GFLOP"), batches.stream().map(batch -> "Batch " + batch))
                .toList();
        List<LatencyRow> measured =
                latency.stream().filter(row -> !row.latencyMs().isEmpty()).toList();
        rows(
                html,
                "Work for one example; latency in milliseconds: median, 90th percentile",
                header,
                measured,
                row -> Stream.concat(
                                Stream.of(row.name(), row.gigaflops()),
                                batches.stream().map(batch -> latency(row, batch)))
                        .toList());
    }

    private static String latency(LatencyRow row, int batch) {
        Latency latency = row.latencyMs().get(batch);
        return latency == null ? "–" : Numbers.plain(latency.p50()) + ", " + Numbers.plain(latency.p90());
    }

    /** Any JSON as nested definition lists; lists of plain values in one line. */
    static Html definitions(JsonNode node) {
        Html html = new Html();
        if (!node.isEmpty()) {
            definitions(html, node);
        }
        return html;
    }

    private static void definitions(Html html, JsonNode node) {
        if (node.isObject()) {
            boolean fold = node.size() > FOLDED_ABOVE;
            if (fold) {
                html.open("details").element("summary", node.size() + " entries");
            }
            html.open("dl", "class", "definitions");
            node.properties().stream().limit(MOST_ENTRIES).forEach(entry -> {
                String key = entry.getKey();
                html.element("dt", key.matches("[a-z0-9_]+") ? key.replace('_', ' ') : key)
                        .open("dd");
                definitions(html, entry.getValue());
                html.close("dd");
            });
            html.close("dl");
            if (node.size() > MOST_ENTRIES) {
                html.element("p", "and " + (node.size() - MOST_ENTRIES) + " more in the file", "class", "hint");
            }
            if (fold) {
                html.close("details");
            }
        } else if (node.isArray() && node.valueStream().allMatch(JsonNode::isValueNode)) {
            html.text(node.valueStream().map(JsonNode::asText).collect(Collectors.joining(", ")));
        } else if (node.isArray()) {
            html.open("ul");
            node.forEach(item -> {
                html.open("li");
                definitions(html, item);
                html.close("li");
            });
            html.close("ul");
        } else {
            html.text(node.asText());
        }
    }

    private interface Cells<T> {
        List<String> of(T item);
    }

    private static <T> void rows(Html html, String title, List<String> header, List<T> items, Cells<T> cells) {
        if (items.isEmpty()) {
            return;
        }
        html.element("h3", title);
        scroller(html, title).open("table").open("thead").open("tr");
        header.forEach(name -> header(html, name));
        html.close("tr").close("thead").open("tbody");
        for (T item : items) {
            List<String> texts = cells.of(item);
            html.open("tr").element("th", texts.get(0), "scope", "row");
            texts.stream()
                    .skip(1)
                    .forEach(text -> html.element("td", text, "class", text.startsWith("✗") ? "t bad" : "t"));
            html.close("tr");
        }
        html.close("tbody").close("table").close("div");
    }

    private static Html scroller(Html html, String label) {
        return html.open("div", "class", "scroll", "role", "region", "aria-label", label, "tabindex", "0");
    }

    private static void header(Html html, String text) {
        html.element("th", text, "scope", "col");
    }

    private static void header(Html html, String text, String style) {
        html.element("th", text, "scope", "col", "class", style);
    }

    private static Html small(Html html, String text) {
        return html.element("small", text);
    }

    private static void tile(Html html, String label, String value, String note) {
        html.open("div")
                .element("dt", label)
                .element("dd", value)
                .element("dd", note, "class", "note")
                .close("div");
    }

    private static String score(Map<String, Double> means, Map<String, Double> spreads, String metric) {
        Double mean = means.get(metric);
        return mean == null ? "–" : Numbers.score(mean, spreads.getOrDefault(metric, Double.NaN));
    }

    private static String difference(TableRow row, String metric) {
        Double gain = row.gain().get(metric);
        return gain == null ? "–" : Numbers.difference(gain, row.gainSpread().getOrDefault(metric, Double.NaN));
    }

    private static String scores(Map<String, Double> scores) {
        StringBuilder text = new StringBuilder();
        scores.forEach((name, value) -> text.append(text.isEmpty() ? "" : ", ")
                .append(name)
                .append(' ')
                .append(Numbers.score(value, Double.NaN)));
        return text.isEmpty() ? "–" : text.toString();
    }

    private static String sizeRatio(TableRow row, TableRow teacher) {
        return Numbers.ratio((double) row.bytes() / teacher.bytes());
    }

    private static String sizes(TableRow row, TableRow teacher) {
        return Numbers.bytes(row.bytes()) + " against " + Numbers.bytes(teacher.bytes());
    }

    private static Optional<Integer> sharedBatch(TableRow row, TableRow teacher) {
        return row.latencyMs().keySet().stream()
                .filter(teacher.latencyMs()::containsKey)
                .min(Integer::compare);
    }

    private static double latency(TableRow row, int batch) {
        return row.latencyMs().getOrDefault(batch, Double.NaN);
    }
}
