package dev.decant.train;

import dev.decant.distill.Objective;
import dev.decant.distill.StepView;
import dev.decant.distill.Taps;
import dev.decant.distill.Teacher;
import dev.decant.model.Inputs;
import dev.decant.model.Network;
import dev.decant.nn.Trace;
import dev.decant.optim.Ema;
import dev.decant.optim.Optimizer;
import dev.decant.prune.Sparsity;
import dev.decant.tensor.Autocast;
import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Ops;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
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
    private final Optional<Sparsity> sparsity;
    private final Evaluator.Mode mode;
    private final List<Tensor> learned = new ArrayList<>();

    /**
     * What is learned from.
     *
     * @param inputs prepared for the student
     * @param target classes (N), probabilities (N, K), values (N) or classes of tokens (N, S)
     * @param indices place of each example in the training set
     * @param epoch epochs done, with the fraction of the current one
     */
    public record Examples(Inputs inputs, Tensor target, long[] indices, double epoch) {}

    /**
     * Joins what takes part in a step.
     *
     * @param optimizer over the student's parameters and the objective's, gates excepted
     * @param sparsity holds gates that learn to a size, with optimizers of its own
     */
    public TrainStep(
            Network student,
            Map<String, Teacher> teachers,
            Objective objective,
            Optimizer optimizer,
            Optional<Ema> ema,
            Optional<Sparsity> sparsity,
            Evaluator.Mode mode) {
        this.student = student;
        this.teachers = Map.copyOf(teachers);
        this.objective = objective;
        this.optimizer = optimizer;
        this.ema = ema;
        this.sparsity = sparsity;
        this.mode = mode;
        student.parameters().forEach((name, p) -> {
            if (!Sparsity.isGate(name)) {
                learned.add(p);
            }
        });
        learned.addAll(objective.parameters().values());
    }

    /**
     * Adds the gradient of the objective, divided by {@code batches}, to that of the parameters.
     *
     * @return the weighted value of each term
     */
    public Map<String, Double> backward(Examples examples, int batches) {
        try (Scope scope = Scope.open()) {
            Map<String, Double> terms = new LinkedHashMap<>();
            Tensor total = Scope.only(() -> forward(examples, terms)); // all else backward needs is held by the graph
            (batches == 1 ? total : total.div(batches)).backward();
            return terms;
        }
    }

    /**
     * Changes the parameters by what their gradients say, and forgets those.
     *
     * @param clipNorm joint gradient norm above which gradients are scaled down; infinity for never
     */
    public void update(double lr, double clipNorm) {
        try (Scope scope = Scope.open();
                NoGrad quiet = NoGrad.open()) {
            if (clipNorm < Double.POSITIVE_INFINITY) {
                Ops.clipGradNorm(learned.stream().filter(Tensor::hasGrad).toList(), clipNorm);
            }
            optimizer.step(lr);
            learned.forEach(Tensor::clearGrad);
            ema.ifPresent(Ema::update);
        }
        sparsity.ifPresent(Sparsity::update);
    }

    private Tensor forward(Examples examples, Map<String, Double> terms) {
        Optional<Sparsity> held = sparsity.filter(Sparsity::learns); // before the pass, which uses the masks
        if (held.isEmpty()) {
            return losses(examples, terms);
        }
        try (Sparsity.Draw draw = held.get().draw()) {
            Tensor total = losses(examples, terms);
            Tensor penalty = held.get().penalty();
            terms.put("prune", penalty.item());
            return total.add(penalty);
        }
    }

    private Tensor losses(Examples examples, Map<String, Double> terms) {
        Objective.Report report = evaluate(look(examples));
        report.weighted().forEach((name, part) -> terms.put(name, part.item()));
        return report.total();
    }

    /** Losses are fp32 whatever surrounds them; branches and projectors may run in bf16. */
    private Objective.Report evaluate(StepView view) {
        try (Autocast cast = Evaluator.autocast(mode.device(), mode.bf16())) {
            return objective.evaluate(view);
        }
    }

    /** Runs teachers and student on one batch and keeps what the objective asked for. */
    private StepView look(Examples batch) {
        Inputs inputs = Evaluator.prepare(batch.inputs, mode.device(), mode.channelsLast());
        Taps wanted = objective.taps(batch.epoch);
        Map<String, Trace> seen = new LinkedHashMap<>();
        try (Autocast cast = Evaluator.autocast(mode.device(), mode.bf16())) {
            teachers.forEach((name, teacher) -> {
                Set<String> taps = wanted.teachers().getOrDefault(name, Set.of());
                if (!taps.isEmpty()) {
                    seen.put(name, teacher.answer(inputs, batch.indices, taps));
                }
            });
            Trace trace = Trace.replacing(wanted.student(), objective.replacements(batch.epoch, seen));
            Scope.only(() -> student.forward(inputs, trace));
            Tensor target = batch.target.to(mode.device());
            return new StepView(trace, seen, target, batch.indices, batch.epoch, true, Optional.of(inputs));
        }
    }
}
