package dev.decant.stage;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.decant.bench.LatencyMeter;
import dev.decant.build.DataBuilder;
import dev.decant.build.ObjectiveSpec;
import dev.decant.build.PruneBuilder;
import dev.decant.build.Sides;
import dev.decant.build.TermBuilder;
import dev.decant.build.TrainingBuilder;
import dev.decant.data.Loader;
import dev.decant.distill.Objective;
import dev.decant.distill.Teacher;
import dev.decant.file.AtomicFile;
import dev.decant.file.Json;
import dev.decant.model.Network;
import dev.decant.optim.Ema;
import dev.decant.optim.Optimizer;
import dev.decant.prune.Extraction;
import dev.decant.prune.Sparsity;
import dev.decant.recipe.PruneSpec;
import dev.decant.recipe.Split;
import dev.decant.recipe.StageSpec;
import dev.decant.recipe.TrainingSpec;
import dev.decant.tensor.Device;
import dev.decant.tensor.Rng;
import dev.decant.train.RunKey;
import dev.decant.train.TrainListener;
import dev.decant.train.Trainer;
import dev.decant.train.Training;
import dev.decant.train.TrainingConfig;
import dev.decant.weights.KeyMap;
import dev.decant.weights.Safetensors;
import dev.decant.weights.Strictness;
import dev.decant.weights.Weights;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Trains one model for one stage and seed, or, if that was done in an earlier attempt at the run, takes the result.
 *
 * <p>A training's folder holds {@code last.safetensors} (to go on), {@code best.safetensors}, and, when it is done, {@code
 * student.safetensors} and {@code result.json}.
 */
public final class StageTrainer {

    private final DataBuilder data;
    private final Device device;
    private final boolean bf16;
    private final TrainListener listener;

    /**
     * What a training reached.
     *
     * @param metrics scores of the weights that go on
     * @param best highest score of any epoch, by the task's metric
     * @param branchParameters parameters that learned beside the student and do not ship
     * @param dataShare part of the training time spent waiting for data, in percent
     */
    public record Result(
            Map<String, Double> metrics, double best, long branchParameters, double dataShare, double seconds) {}

    public StageTrainer(DataBuilder data, Device device, boolean bf16, TrainListener listener) {
        this.data = data;
        this.device = device;
        this.bf16 = bf16;
        this.listener = listener;
    }

    /**
     * What is to be trained how.
     *
     * @param teachers those that the terms may name
     * @param goal what is minimised
     * @param pruning what is to go, if anything
     * @param save which epoch's weights go on
     * @param folder where it keeps what it needs to go on
     */
    public record Task(
            RunKey key,
            Map<String, Teacher> teachers,
            ObjectiveSpec goal,
            TrainingSpec spec,
            Optional<Pruning> pruning,
            StageSpec.Save save,
            Path folder) {}

    /**
     * What is to go.
     *
     * @param latencies where the table of latencies is or is to be
     */
    public record Pruning(PruneSpec spec, Path latencies) {}

    /**
     * Trains in place. Done before or just now, the model ends up on the device, in the same memory layout, and without
     * what was to go.
     */
    public Result train(Task task, Network model) {
        Result result = trained(task, model);
        task.pruning.ifPresent(p -> Extraction.extract(model));
        return result;
    }

    private Result trained(Task task, Network model) {
        Rng.seed(task.key.seed());
        TrainingConfig config = TrainingBuilder.config(task.spec, device, bf16, model.isConvolutional());
        task.pruning.ifPresent(p -> PruneBuilder.attach(p.spec, model));
        model.to(device);
        if (config.channelsLast()) {
            model.channelsLast();
        }
        Path weights = task.folder.resolve("student.safetensors");
        Path done = task.folder.resolve("result.json");
        if (Files.exists(done)) {
            load(model, weights);
            return read(done);
        }
        Training training = training(task, model, config);
        Trainer.Outcome outcome = new Trainer(training, config, task.folder, listener).run();
        Map<String, Double> metrics = new LinkedHashMap<>(outcome.metrics());
        boolean hasBest = Double.isFinite(outcome.best());
        if (task.save == StageSpec.Save.BEST && hasBest) {
            load(model, task.folder.resolve("best.safetensors"));
            metrics.put(data.task().metric(), outcome.best());
        }
        Result result = new Result(
                metrics,
                hasBest ? outcome.best() : metrics.getOrDefault(data.task().metric(), 0.0),
                training.objective().branchParameters(),
                100 * outcome.spent().waitingShare(),
                outcome.spent().total());
        Safetensors.writeTensors(weights, model.state(), Map.of());
        write(done, result);
        return result;
    }

    private Training training(Task task, Network model, TrainingConfig config) {
        TrainingSpec spec = task.spec;
        Loader train = data.training(model.config().input(), spec.batchSize(), task.key.seed());
        Loader validation = data.evaluation(Split.VALIDATION, model.config().input(), spec.evalBatchSize());
        Objective objective = objective(task, model, steps(train, config));
        objective.to(device);
        if (config.channelsLast()) {
            objective.channelsLast();
        }
        Optimizer optimizer = new Optimizer(objective.groups(model, TrainingBuilder.rule(spec.optimizer())));
        return new Training(
                task.key,
                model,
                task.teachers,
                objective,
                optimizer,
                TrainingBuilder.schedule(spec),
                spec.ema().map(decay -> new Ema(optimizer.averaged(model.state()), decay)),
                train,
                validation,
                data.task());
    }

    /** The recipe's terms; and, where something is to go, the constraint on the size, named {@code prune}. */
    private Objective objective(Task task, Network model, PruneBuilder.Steps steps) {
        Objective objective = TermBuilder.objective(
                task.goal,
                Sides.of(model, task.teachers),
                data::labels,
                model.parameters().values());
        return task.pruning
                .map(p -> objective.under("prune", sparsity(p, model, steps)))
                .orElse(objective);
    }

    private static Sparsity sparsity(Pruning pruning, Network model, PruneBuilder.Steps steps) {
        return PruneBuilder.sparsity(
                pruning.spec, model, steps, batch -> LatencyMeter.table(model, batch, pruning.latencies));
    }

    private static PruneBuilder.Steps steps(Loader train, TrainingConfig config) {
        long perEpoch = Math.max(1, train.batches() / config.accumulate());
        return new PruneBuilder.Steps(perEpoch, Math.min(config.maxSteps(), perEpoch * config.epochs()));
    }

    private static void load(Network model, Path weights) {
        Weights.load(model, Weights.read(weights), KeyMap.identity(), Strictness.STRICT);
    }

    private static Result read(Path file) {
        try {
            return Json.MAPPER.readValue(Files.readString(file), Result.class);
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": not a training's result; delete it to train this part anew", e);
        }
    }

    private static void write(Path file, Result result) {
        try {
            AtomicFile.write(file, Json.MAPPER.writeValueAsBytes(result));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a result cannot be written as JSON", e);
        }
    }
}
