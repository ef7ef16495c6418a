package dev.decant.benchmark;

import dev.decant.distill.NetworkTeacher;
import dev.decant.distill.Objective;
import dev.decant.distill.StepContext;
import dev.decant.distill.Teacher;
import dev.decant.model.Inputs;
import dev.decant.model.Negatives;
import dev.decant.model.Network;
import dev.decant.nn.Gate;
import dev.decant.nn.GateSlot;
import dev.decant.optim.Optimizer;
import dev.decant.prune.Cost;
import dev.decant.prune.Gates;
import dev.decant.prune.Sparsity;
import dev.decant.tensor.Device;
import dev.decant.tensor.Rng;
import dev.decant.tensor.Tensor;
import dev.decant.train.Evaluator;
import dev.decant.train.TrainStep;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One work, ready to run step after step on a batch that stays the same, as training would run it. */
final class Stepper {

    private static final double SPARSITY = 0.25;
    private static final double GATE_LR = 0.01;
    private static final long WARMUP = 10_000;

    private final Work work;
    private final Network student;
    private final Map<String, Teacher> teachers;
    private final Objective plain;
    private final Objective gated;
    private final Optimizer optimizer;
    private final Evaluator.Mode mode;
    private final Inputs inputs;
    private final Tensor labels;
    private final long studentParameters;
    private final Map<GateSlot, Gate> gates = new LinkedHashMap<>();
    private TrainStep step;
    private long steps;

    Stepper(Work work, boolean bf16) {
        this(work, bf16, work == Work.E);
    }

    /** @param gated whether heads and neurons have gates that learn; they may be taken off and put back later */
    Stepper(Work work, boolean bf16, boolean gated) {
        this.work = work;
        Rng.seed(0);
        Optional<Network> knows = work.teacher();
        student = work.student(knows);
        studentParameters = student.parameterCount();
        teachers = new LinkedHashMap<>();
        knows.ifPresent(t -> teachers.put(
                Work.teacherName(), new NetworkTeacher(t).preparedFor(t.config().input())));
        plain = work.objective(student, knows);
        plain.train(true);
        boolean channelsLast = student.isConvolutional();
        if (channelsLast) {
            student.channelsLast();
            plain.channelsLast();
        }
        this.gated = gated ? plain.under("prune", gates()) : plain;
        optimizer = new Optimizer(this.gated.groups(student, work.rule()));
        mode = new Evaluator.Mode(Device.CPU, bf16, channelsLast);
        inputs = work.inputs();
        labels = work.labels();
        step = step(this.gated);
    }

    private Sparsity gates() {
        Gates.attach(student, Gates.Start.dropping(0.5, 1));
        Map<String, GateSlot> slots = student.gates();
        slots.values().forEach(slot -> gates.put(slot, slot.gate().orElseThrow()));
        return new Sparsity(
                List.of(new Sparsity.Goal("", slots, Cost.Parameters.of(slots), SPARSITY)),
                new Sparsity.Config(GATE_LR, GATE_LR, WARMUP, Long.MAX_VALUE));
    }

    private TrainStep step(Objective objective) {
        student.train(true);
        return new TrainStep(student, teachers, objective, optimizer, Optional.empty(), mode);
    }

    /** Takes the gates off, or puts them back. */
    void gate(boolean on) {
        gates.forEach((slot, gate) -> {
            if (on) {
                slot.fill(gate);
            } else {
                slot.clear();
            }
        });
        step = step(on ? gated : plain);
    }

    /** Runs one step and returns its loss. */
    double run() {
        Inputs batch = inputs instanceof Inputs.ImageText both ? both.with(new Negatives(steps)) : inputs;
        TrainStep.Examples examples = new TrainStep.Examples(batch, labels, new long[work.batch]);
        StepContext context = new StepContext(steps++, 0, true);
        double loss = step.backward(context, examples, 1).values().stream()
                .mapToDouble(v -> v)
                .sum();
        step.update(work.lr(), Double.POSITIVE_INFINITY);
        return loss;
    }

    long studentParameters() {
        return studentParameters;
    }

    long branchParameters() {
        return plain.branchParameters();
    }
}
