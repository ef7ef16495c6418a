package dev.decant.distill;

import dev.decant.nn.Module;
import dev.decant.nn.Trace;
import dev.decant.optim.ParameterGroup;
import dev.decant.optim.UpdateRule;
import dev.decant.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What training minimises: the weighted sum of named terms over two traces.
 *
 * <p>As a module it holds what the terms learn and remember, under {@code terms.NAME.}; the trainer optimises, saves and
 * resumes it beside the student, whose own state never contains any of it. Not thread-safe.
 */
public final class Objective extends Module {

    private final Map<String, Weighted> terms = new LinkedHashMap<>();
    private final Map<String, Constraint> constraints = new LinkedHashMap<>();
    private final Optional<Balance> balance;
    private final Optional<Intervention> intervention;

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

    /** Weights as given. */
    public Objective(List<Weighted> weighted) {
        this(weighted, List.of(), Optional.empty());
    }

    /**
     * With weights as given or found, and with or without help from the teacher at the start.
     *
     * @param balancedBy the student's parameters: weights are shares of the gradient in them ({@link Balance}); empty for
     *     weights that are factors of losses
     */
    public Objective(List<Weighted> weighted, Collection<Tensor> balancedBy, Optional<Intervention> intervention) {
        if (weighted.isEmpty()) {
            throw new IllegalArgumentException("an objective needs at least one term");
        }
        for (Weighted w : weighted) {
            String name = unused(w.type);
            terms.put(name, w);
            child("terms." + name, w.term.learned());
        }
        balance = balancedBy.isEmpty()
                ? Optional.empty()
                : Optional.of(child("balance", new Balance(names(), balancedBy)));
        this.intervention = intervention;
    }

    private Objective(Objective other, String name, Constraint constraint) {
        terms.putAll(other.terms);
        constraints.putAll(other.constraints);
        if (terms().containsKey(name)) {
            throw new IllegalArgumentException("the objective has a term '" + name + "' already");
        }
        constraints.put(name, constraint);
        terms().forEach((n, term) -> child("terms." + n, term.learned()));
        balance = other.balance;
        balance.ifPresent(b -> child("balance", b));
        intervention = other.intervention;
    }

    /** The same objective under a constraint, whose losses are added to the total as they are. */
    public Objective under(String name, Constraint constraint) {
        return new Objective(this, name, constraint);
    }

    /** Every part that may be balanced. */
    private List<String> names() {
        List<String> names = new ArrayList<>();
        terms.forEach((name, w) -> w.term.parts().forEach(part -> names.add(joined(name, part))));
        return names;
    }

    /** Everything the terms want from the traces. */
    public Taps taps() {
        return Taps.union(terms().values().stream().map(Term::taps).toList());
    }

    /** What each term needs, by its unique name; under {@code intervention} what that needs at any time. */
    public Map<String, Taps> needs() {
        Map<String, Taps> needs = new LinkedHashMap<>();
        terms.forEach((name, w) -> needs.put(name, w.term.taps()));
        intervention.ifPresent(i -> needs.put("intervention", i.taps()));
        return needs;
    }

    /** Everything that is wanted of the traces at that time, counted in epochs. */
    public Taps taps(double epoch) {
        return intervention.isEmpty()
                ? taps()
                : Taps.union(List.of(taps(), intervention.get().taps(epoch)));
    }

    /** What the student is to take from the teachers' traces in place of its own tensors, by its own names. */
    public Map<String, Tensor> replacements(double epoch, Map<String, Trace> teachers) {
        return intervention.map(i -> i.replacements(epoch, teachers)).orElse(Map.of());
    }

    /** Terms by their unique names, in the order given, and then constraints. */
    public Map<String, Term> terms() {
        Map<String, Term> all = new LinkedHashMap<>();
        terms.forEach((name, w) -> all.put(name, w.term));
        all.putAll(constraints);
        return all;
    }

    /**
     * The parameters that an optimizer works on: those of the student and of the terms in one group, {@code network}, and
     * those that terms set apart in groups of their own, {@code TERM.GROUP}.
     *
     * @param student its parameters are named {@code model.NAME}
     * @param rule of the group {@code network}
     */
    public List<ParameterGroup> groups(Module student, UpdateRule rule) {
        List<ParameterGroup> apart = new ArrayList<>();
        terms().forEach((name, term) -> term.groups().forEach(g -> apart.add(g.named(joined(name, g.name())))));
        Set<Tensor> taken = Collections.newSetFromMap(new IdentityHashMap<>());
        apart.forEach(g -> taken.addAll(g.parameters().values()));
        Map<String, Tensor> others = new LinkedHashMap<>();
        student.parameters().forEach((name, p) -> others.put("model." + name, p));
        others.putAll(parameters());
        others.values().removeIf(taken::contains);
        List<ParameterGroup> all = new ArrayList<>();
        all.add(ParameterGroup.of("network", others, rule));
        all.addAll(apart);
        return all;
    }

    /** Parameters that terms learn beside the student; multipliers of constraints are not counted. */
    public long branchParameters() {
        return terms.values().stream()
                .mapToLong(w -> w.term.learned().parameterCount())
                .sum();
    }

    /** Called before the networks run on a batch; {@link #end} follows, whatever happens. */
    public void begin(StepContext step) {
        terms().values().forEach(term -> term.begin(step));
    }

    /** Called once the losses of a batch are taken, or its pass has failed. */
    public void end() {
        terms().values().forEach(Term::end);
    }

    /** Called after every update of the parameters. */
    public void updated() {
        terms().values().forEach(Term::updated);
    }

    /** Does the student as it is now meet every constraint? */
    public boolean isMet() {
        return constraints.values().stream().allMatch(Constraint::isMet);
    }

    /** Evaluates every term once; see {@link Term#losses}. */
    public Report evaluate(LossInputs view) {
        List<Balance.Share> shares = new ArrayList<>();
        terms.forEach((name, w) -> shares.addAll(shares(name, w.weight, w.term, view)));
        Map<String, Double> weights = new LinkedHashMap<>();
        if (balance.isPresent()) {
            weights.putAll(balance.get().weights(shares, view.training()));
        } else {
            shares.forEach(s -> weights.put(s.name(), s.share()));
        }
        constraints.forEach(
                (name, constraint) -> shares(name, 1, constraint, view).forEach(s -> {
                    shares.add(s);
                    weights.put(s.name(), s.share());
                }));
        Map<String, Tensor> parts = new LinkedHashMap<>();
        List<Tensor> summands = new ArrayList<>();
        for (Balance.Share s : shares) {
            parts.put(s.name(), s.loss().detach());
            summands.add(s.loss().mul(weights.getOrDefault(s.name(), s.share())));
        }
        Tensor total = summands.stream().reduce(Tensor::add).orElseThrow();
        return new Report(total, Collections.unmodifiableMap(parts), Collections.unmodifiableMap(weights));
    }

    private static List<Balance.Share> shares(String name, double weight, Term term, LossInputs view) {
        return term.losses(view).stream()
                .map(part -> new Balance.Share(joined(name, part.name()), part.loss(), weight * part.weight()))
                .toList();
    }

    /** What the terms have to tell besides their losses, by full name: {@code ofa.eps}; and weights that are found: {@code balance.kd}. */
    public Map<String, Double> readings() {
        Map<String, Double> all = new LinkedHashMap<>();
        terms().forEach((name, term) -> term.readings().forEach((key, value) -> all.put(joined(name, key), value)));
        balance.ifPresent(b -> b.latest().forEach((name, weight) -> all.put("balance." + name, weight)));
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
