package dev.decant.train;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One line of {@code metrics.jsonl}: what a training said about itself at one step.
 *
 * @param step optimizer steps done in this training, counted from 1; 0 is before the first
 * @param epoch epochs done, with the fraction of the running one
 * @param values numbers of the step by name: {@code lr}, {@code loss} (the weighted total), {@code data_share} ...
 * @param terms each term of the loss by name, weighted as it enters the total
 * @param metrics scores of an evaluation by name, in percent where they are shares; empty between evaluations
 */
public record LogEntry(
        RunKey key,
        long step,
        double epoch,
        Map<String, Double> values,
        Map<String, Double> terms,
        Map<String, Double> metrics) {

    public LogEntry {
        values = ordered(values);
        terms = ordered(terms);
        metrics = ordered(metrics);
    }

    /** A logged training step. */
    public static LogEntry step(
            RunKey key, long step, double epoch, Map<String, Double> values, Map<String, Double> terms) {
        return new LogEntry(key, step, epoch, values, terms, Map.of());
    }

    /** An evaluation made after {@code step}. */
    public static LogEntry evaluation(RunKey key, long step, double epoch, Map<String, Double> metrics) {
        return new LogEntry(key, step, epoch, Map.of(), Map.of(), metrics);
    }

    /**
     * The line as JSON, {@code {"stage","run","seed","step","epoch",<values>,"terms":{..},"metrics":{..}}} with empty
     * maps left out. Numbers that JSON does not know are the strings {@code "NaN"}, {@code "Infinity"} and
     * {@code "-Infinity"}, so that a diverged run can be read by any parser and still shows that it diverged.
     */
    ObjectNode toJson() {
        ObjectNode line = JsonNodeFactory.instance.objectNode();
        line.put("stage", key.stage()).put("run", key.run()).put("seed", key.seed());
        line.put("step", step);
        put(line, "epoch", epoch);
        values.forEach((name, value) -> put(line, name, value));
        putAll(line, "terms", terms);
        putAll(line, "metrics", metrics);
        return line;
    }

    private static void putAll(ObjectNode line, String name, Map<String, Double> numbers) {
        if (!numbers.isEmpty()) {
            ObjectNode inner = line.putObject(name);
            numbers.forEach((key, value) -> put(inner, key, value));
        }
    }

    private static void put(ObjectNode node, String name, double value) {
        if (Double.isFinite(value)) {
            node.put(name, value);
        } else {
            node.put(name, Double.toString(value));
        }
    }

    private static Map<String, Double> ordered(Map<String, Double> map) {
        return Collections.unmodifiableMap(new LinkedHashMap<>(map));
    }
}
