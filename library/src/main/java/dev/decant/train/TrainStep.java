package dev.decant.train;

import dev.decant.distill.Objective;
import dev.decant.distill.StepContext;
import dev.decant.distill.StepView;
import dev.decant.distill.Taps;
import dev.decant.distill.Teacher;
import dev.decant.model.Inputs;
import dev.decant.model.Negatives;
import dev.decant.model.Network;
import dev.decant.nn.Trace;
import dev.decant.optim.Ema;
import dev.decant.optim.Optimizer;
import dev.decant.tensor.Autocast;
import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One step of training: {@link #backward} for each batch, then {@link #update}.
 *
 * <p>Teachers run once per batch, without graph. Everything made in a step is freed with it.
 */
public final class TrainStep {

    private final Network student;
    private final Map<String, Teacher> teachers;
    private final Objective objective;
    private final Optimizer optimizer;
    private final Optional<Ema> ema;
    private final Evaluator.Mode mode;

    /**
     * What is learned from.
     *
     * @param inputs prepared for the student
     * @param target classes (N), probabilities (N, K), values (N) or classes of tokens (N, S)
     * @param indices place of each example in the training set
     */
    public record Examples(Inputs inputs, Tensor target, long[] indices) {}

    /**
     * Joins what takes part in a step.
     *
     * @param teachers the first that draws negatives draws them for all networks
     * @param optimizer over the student's parameters and the objective's ({@link Objective#groups})
     */
    public TrainStep(
            Network student,
            Map<String, Teacher> teachers,
            Objective objective,
            Optimizer optimizer,
            Optional<Ema> ema,
            Evaluator.Mode mode) {
        this.student = student;
        this.teachers = Collections.unmodifiableMap(new LinkedHashMap<>(teachers));
        this.objective = objective;
        this.optimizer = optimizer;
        this.ema = ema;
        this.mode = mode;
    }

    /**
     * Adds the gradient of the objective, divided by {@code batches}, to that of the parameters.
     *
     * @return the weighted value of each term
     */
    public Map<String, Double> backward(StepContext context, Examples examples, int batches) {
        try (Scope scope = Scope.open()) {
            Map<String, Double> terms = new LinkedHashMap<>();
            Tensor total = Scope.only(() -> forward(context, examples, terms)); // the graph holds what backward needs
            (batches == 1 ? total : total.div(batches)).backward();
            return terms;
        }
    }

    /**
     * Changes the parameters by what their gradients say, and forgets those. Gradients are complete when this begins: several
     * processes are to average theirs here, after the last backward pass and before clipping.
     *
     * @param clipNorm joint gradient norm above which gradients are scaled down; infinity for never
     */
    public void update(double lr, double clipNorm) {
        try (Scope scope = Scope.open();
                NoGrad quiet = NoGrad.open()) {
            optimizer.clip(clipNorm);
            optimizer.step(lr);
            optimizer.clearGrads();
            objective.updated();
            ema.ifPresent(Ema::update);
        }
    }

    private Tensor forward(StepContext context, Examples examples, Map<String, Double> terms) {
        objective.begin(context);
        try {
            Objective.Report report = evaluate(look(context, examples));
            report.weighted().forEach((name, part) -> terms.put(name, part.item()));
            return report.total();
        } finally {
            objective.end();
        }
    }

    /** Losses are fp32 whatever surrounds them; branches and projectors may run in bf16. */
    private Objective.Report evaluate(StepView view) {
        try (Autocast cast = Evaluator.autocast(mode.device(), mode.bf16())) {
            return objective.evaluate(view);
        }
    }

    /** Runs teachers and student on one batch and keeps what the objective asked for. */
    private StepView look(StepContext context, Examples batch) {
        Inputs prepared = Evaluator.prepare(batch.inputs, mode.device(), mode.channelsLast());
        Taps wanted = objective.taps(context.epoch());
        Map<String, Trace> seen = new LinkedHashMap<>();
        try (Autocast cast = Evaluator.autocast(mode.device(), mode.bf16())) {
            Inputs inputs = ask(wanted.teachers(), prepared, batch.indices, seen);
            Map<String, Tensor> replacements = objective.replacements(context.epoch(), seen);
            Trace trace = Trace.replacing(wanted.student(), replacements);
            Scope.only(() -> student.forward(inputs, trace));
            Tensor target = batch.target.to(mode.device());
            return new StepView(trace, seen, target, batch.indices, context, Optional.of(inputs));
        }
    }

    /**
     * Runs the teachers whose taps are wanted. All networks of a step judge the same wrong pairs: those of the first teacher,
     * in the order given, that draws any for the taps it is asked for; where no teacher does, those of the student.
     *
     * @param seen takes the traces
     * @return what the student is to run on: the inputs, with the wrong pairs that a teacher drew
     */
    private Inputs ask(Map<String, Set<String>> wanted, Inputs inputs, long[] indices, Map<String, Trace> seen) {
        Map<String, Teacher> asked = new LinkedHashMap<>(teachers);
        asked.keySet().retainAll(wanted.keySet());
        Inputs shown = inputs;
        for (Map.Entry<String, Teacher> first : asked.entrySet()) {
            Set<String> taps = new LinkedHashSet<>(wanted.getOrDefault(first.getKey(), Set.of()));
            if (first.getValue().drawsNegatives(taps)) {
                taps.addAll(Negatives.TAPS);
                Trace trace = first.getValue().answer(inputs, indices, taps);
                seen.put(first.getKey(), trace);
                shown = inputs.with(Negatives.of(trace));
                break;
            }
        }
        for (Map.Entry<String, Teacher> other : asked.entrySet()) {
            Set<String> taps = wanted.getOrDefault(other.getKey(), Set.of());
            if (!seen.containsKey(other.getKey()) && !taps.isEmpty()) {
                seen.put(other.getKey(), other.getValue().answer(shown, indices, taps));
            }
        }
        return shown;
    }
}
