package dev.decant.distill;

import dev.decant.nn.Module;
import dev.decant.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What training minimises: the weighted sum of named terms over two traces.
 *
 * <p>As a module it holds what the terms learn and remember, under {@code terms.NAME.}; the trainer optimises, saves and
 * resumes it beside the student, whose own state never contains any of it. Not thread-safe.
 */
public final class Objective extends Module {

    private final Map<String, Weighted> terms = new LinkedHashMap<>();

    /**
     * A term before it has a name of its own.
     *
     * @param type as the recipe says it, for example {@code kd}; a second of the same type becomes {@code kd2}
     * @param weight finite
     */
    public record Weighted(String type, double weight, Term term) {
        public Weighted {
            if (!Double.isFinite(weight)) {
                throw new IllegalArgumentException("the weight of term '" + type + "' must be a number, got " + weight);
            }
        }
    }

    /**
     * The losses of one batch.
     *
     * @param total scalar with graph: the sum of weight times part
     * @param parts every loss without its weight and outside the graph, by name: {@code kd}, {@code ofa.branches}
     * @param weights the weight of each part in this batch
     */
    public record Report(Tensor total, Map<String, Tensor> parts, Map<String, Double> weights) {

        /** Weight times loss of each part; they add up to the total. */
        public Map<String, Tensor> weighted() {
            Map<String, Tensor> weighted = new LinkedHashMap<>();
            parts.forEach((name, loss) -> weighted.put(name, loss.mul(weights.getOrDefault(name, 1.0))));
            return weighted;
        }
    }

    public Objective(List<Weighted> weighted) {
        if (weighted.isEmpty()) {
            throw new IllegalArgumentException("an objective needs at least one term");
        }
        for (Weighted w : weighted) {
            String name = unused(w.type);
            terms.put(name, w);
            child("terms." + name, w.term.learned());
        }
    }

    /** Everything the terms want from the traces. */
    public Taps taps() {
        return Taps.union(terms.values().stream().map(w -> w.term.taps()).toList());
    }

    /** Terms by their unique names, in the order given. */
    public Map<String, Term> terms() {
        return terms.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, e -> e.getValue().term, (a, b) -> a, LinkedHashMap::new));
    }

    /** Evaluates every term once; see {@link Term#losses}. */
    public Report evaluate(StepView view) {
        Map<String, Tensor> parts = new LinkedHashMap<>();
        Map<String, Double> weights = new LinkedHashMap<>();
        List<Tensor> summands = new ArrayList<>();
        terms.forEach((name, w) -> {
            for (Term.Part part : w.term.losses(view)) {
                String full = joined(name, part.name());
                double weight = w.weight * part.weight();
                parts.put(full, part.loss().detach());
                weights.put(full, weight);
                summands.add(part.loss().mul(weight));
            }
        });
        Tensor total = summands.stream().reduce(Tensor::add).orElseThrow();
        return new Report(total, Collections.unmodifiableMap(parts), Collections.unmodifiableMap(weights));
    }

    /** What the terms have to tell besides their losses, by full name: {@code ofa.eps}. */
    public Map<String, Double> readings() {
        Map<String, Double> all = new LinkedHashMap<>();
        terms.forEach((name, w) -> w.term.readings().forEach((key, value) -> all.put(joined(name, key), value)));
        return all;
    }

    private String unused(String type) {
        String name = type;
        for (int i = 2; terms.containsKey(name); i++) {
            name = type + i;
        }
        return name;
    }

    private static String joined(String term, String part) {
        return part.isEmpty() ? term : term + "." + part;
    }
}
