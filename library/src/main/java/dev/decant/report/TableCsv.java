package dev.decant.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The table of a run as CSV (RFC 4180, with plain line feeds): {@code name,role}, then for each metric
 * {@code <metric>,<metric>_spread,<metric>_gain,<metric>_gain_spread}, then {@code parameters,bytes} and
 * {@code p50_ms_batch<n>} for each batch size. A cell is empty where there is nothing to say.
 */
final class TableCsv {

    /** Name of the file in a run folder. */
    public static final String FILE = "table.csv";

    private TableCsv() {}

    public static String format(List<TableRow> rows) {
        List<String> header = new ArrayList<>(List.of("name", "role"));
        List<Function<TableRow, String>> cells =
                new ArrayList<>(List.of(TableRow::name, row -> row.role().json()));
        for (String metric : metrics(rows)) {
            add(header, cells, metric, row -> number(row.metrics(), metric));
            add(header, cells, metric + "_spread", row -> number(row.spread(), metric));
            add(header, cells, metric + "_gain", row -> number(row.gain(), metric));
            add(header, cells, metric + "_gain_spread", row -> number(row.gainSpread(), metric));
        }
        add(header, cells, "parameters", row -> Long.toString(row.parameters()));
        add(header, cells, "bytes", row -> Long.toString(row.bytes()));
        for (int batch : batches(rows)) {
            add(header, cells, "p50_ms_batch" + batch, row -> number(row.latencyMs(), batch));
        }
        return line(header)
                + rows.stream()
                        .map(row ->
                                line(cells.stream().map(cell -> cell.apply(row)).toList()))
                        .collect(Collectors.joining());
    }

    /** Names of all metrics, in the order they first appear. */
    static List<String> metrics(List<TableRow> rows) {
        return rows.stream()
                .flatMap(row -> row.metrics().keySet().stream())
                .distinct()
                .toList();
    }

    static SortedSet<Integer> batches(List<TableRow> rows) {
        return rows.stream()
                .flatMap(row -> row.latencyMs().keySet().stream())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static void add(
            List<String> header, List<Function<TableRow, String>> cells, String name, Function<TableRow, String> cell) {
        header.add(name);
        cells.add(cell);
    }

    private static <K> String number(Map<K, Double> numbers, K key) {
        Double value = numbers.get(key);
        return value == null ? "" : value.toString();
    }

    private static String line(List<String> cells) {
        return cells.stream().map(TableCsv::quote).collect(Collectors.joining(",", "", "\n"));
    }

    private static String quote(String cell) {
        boolean plain = cell.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
        return plain ? cell : '"' + cell.replace("\"", "\"\"") + '"';
    }
}
