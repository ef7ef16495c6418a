package dev.decant.benchmark;

import dev.decant.distill.Objective;
import dev.decant.model.Network;
import dev.decant.tensor.Device;
import dev.decant.tensor.Rng;
import dev.decant.tensor.Tensor;
import dev.decant.train.Evaluator;
import dev.decant.train.Teacher;
import dev.decant.train.TrainStep;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** One work, ready to run step after step on a batch that stays the same, as training would run it. */
final class Stepper {

    private final Work work;
    private final TrainStep step;
    private final TrainStep.Examples examples;
    private final long studentParameters;
    private final long branchParameters;

    Stepper(Work work, boolean bf16) {
        this.work = work;
        Rng.seed(0);
        Network knows = work.teacher();
        Network student = work.student(knows);
        Teacher teacher = new Teacher(knows, knows.config().input());
        Objective objective = work.objective(student, knows);
        student.train(true);
        objective.train(true);
        boolean channelsLast = student.isConvolutional();
        if (channelsLast) {
            student.channelsLast();
            objective.channelsLast();
        }
        Map<String, Tensor> learned = new LinkedHashMap<>();
        student.parameters().forEach((k, t) -> learned.put("model." + k, t));
        objective.parameters().forEach(learned::put);
        step = new TrainStep(
                student,
                Map.of(Work.teacherName(), teacher),
                objective,
                work.optimizer(learned),
                Optional.empty(),
                new Evaluator.Mode(Device.CPU, bf16, channelsLast));
        examples = new TrainStep.Examples(work.inputs(), work.labels(), new long[work.batch], 0);
        studentParameters = student.parameterCount();
        branchParameters = objective.parameterCount();
    }

    /** Runs one step and returns its loss. */
    double run() {
        double loss =
                step.backward(examples, 1).values().stream().mapToDouble(v -> v).sum();
        step.update(work.lr(), Double.POSITIVE_INFINITY);
        return loss;
    }

    long studentParameters() {
        return studentParameters;
    }

    long branchParameters() {
        return branchParameters;
    }
}
