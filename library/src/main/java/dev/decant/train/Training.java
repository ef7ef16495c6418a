package dev.decant.train;

import dev.decant.data.Loader;
import dev.decant.distill.Objective;
import dev.decant.distill.Teacher;
import dev.decant.model.Network;
import dev.decant.optim.Ema;
import dev.decant.optim.Optimizer;
import dev.decant.optim.Schedule;
import dev.decant.tensor.Tensor;
import dev.decant.train.score.Task;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What one training works on.
 *
 * @param key which training this is, in the logs
 * @param student learns
 * @param teachers by the names that the objective's terms use; they are run once per batch, without graph
 * @param objective what is minimised; its parts learn too
 * @param optimizer over the student's parameters and the objective's
 * @param schedule learning rate over epochs
 * @param ema moving average that is evaluated and shipped instead of the student's own weights
 * @param train batches to learn from
 * @param validation examples to score on between epochs
 * @param task how they are scored
 */
public record Training(
        RunKey key,
        Network student,
        Map<String, Teacher> teachers,
        Objective objective,
        Optimizer optimizer,
        Schedule schedule,
        Optional<Ema> ema,
        Loader train,
        Loader validation,
        Task task) {

    /** Everything that changes while training, by a name unique in the checkpoint. */
    Map<String, Tensor> state() {
        Map<String, Tensor> all = new LinkedHashMap<>();
        student.state().forEach((k, t) -> all.put("model." + k, t));
        objective.state().forEach((k, t) -> all.put(k, t));
        optimizer.state().forEach((k, t) -> all.put("optimizer." + k, t));
        ema.ifPresent(e -> e.state().forEach((k, t) -> all.put("ema." + k, t)));
        return all;
    }
}
