package dev.decant.cli;

import dev.decant.report.RequireResult;
import dev.decant.report.Summary;
import dev.decant.report.TableRow;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/** The table that a run ends with, as text for a terminal: 100 columns, 80 without those of time. */
final class ResultTable {

    private ResultTable() {}

    static String format(Summary summary) {
        List<TableRow> rows = summary.table();
        TreeSet<Integer> batches = new TreeSet<>();
        rows.forEach(r -> batches.addAll(r.latencyMs().keySet()));
        int width = rows.stream().mapToInt(r -> r.name().length()).max().orElse(5);
        StringBuilder text = new StringBuilder();
        if (!summary.who().isEmpty()) {
            text.append(summary.who()).append("\n\n");
        }
        text.append(String.format(
                Locale.ROOT,
                "%-" + width + "s %14s %14s %12s %8s",
                "model",
                summary.metric(),
                "gain",
                "parameters",
                "MB"));
        batches.forEach(b -> text.append(String.format(Locale.ROOT, " %11s", "batch " + b + " ms")));
        text.append('\n');
        for (TableRow r : rows) {
            text.append(String.format(
                    Locale.ROOT,
                    "%-" + width + "s %14s %14s %,12d %8.2f",
                    r.name(),
                    spread(summary.metric(), r.metrics(), r.spread(), "%.2f"),
                    spread(summary.metric(), r.gain(), r.gainSpread(), "%+.2f"),
                    r.parameters(),
                    r.bytes() / 1e6));
            batches.forEach(b -> text.append(
                    String.format(Locale.ROOT, " %11.2f", r.latencyMs().getOrDefault(b, Double.NaN))));
            text.append('\n');
        }
        for (RequireResult r : summary.require()) {
            text.append(String.format(
                    Locale.ROOT,
                    "require %s %s: %.4g, %s%n",
                    r.name(),
                    r.limit(),
                    r.value(),
                    r.met() ? "met" : "MISSED"));
        }
        return text.toString();
    }

    private static String spread(String metric, Map<String, Double> values, Map<String, Double> spreads, String form) {
        Double value = values.get(metric);
        if (value == null) {
            return "";
        }
        String text = String.format(Locale.ROOT, form, value);
        Double spread = spreads.get(metric);
        return spread == null ? text : text + String.format(Locale.ROOT, " ± %.2f", spread);
    }
}
