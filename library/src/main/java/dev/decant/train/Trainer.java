package dev.decant.train;

import dev.decant.data.Batch;
import dev.decant.data.Epoch;
import dev.decant.distill.StepContext;
import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import dev.decant.train.score.Evaluator;
import dev.decant.weights.Safetensors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The training loop: batch, teachers' traces, student's trace, objective, update; then scores and a checkpoint.
 *
 * <p>A checkpoint is written between epochs. Started again with the same folder it goes on from the last one, to the same
 * bits as if it had never stopped (on the same number of threads).
 */
public final class Trainer {

    private final Training t;
    private final TrainingConfig config;
    private final Path folder;
    private final TrainListener listener;
    private final TrainStep one;
    private Checkpoint.Times before = Checkpoint.Times.NONE;
    private long startNanos;
    private long trainNanos;
    private long waitedNanos;

    /**
     * How it ended.
     *
     * @param metrics scores of the last epoch's weights (of the average, where one is kept)
     * @param best highest score of any epoch, by the task's metric; of those that meet the objective's constraints,
     *     and minus infinity if there was none
     * @param spent time of all attempts whose work was kept
     */
    public record Outcome(Map<String, Double> metrics, double best, long steps, Checkpoint.Times spent) {}

    /** Checkpoints go to {@code folder/last.safetensors} and, for the best epoch's weights, {@code best.safetensors}. */
    public Trainer(Training training, TrainingConfig config, Path folder, TrainListener listener) {
        this.t = training;
        this.config = config;
        this.folder = folder;
        this.listener = listener;
        one = new TrainStep(t.student(), t.teachers(), t.objective(), t.optimizer(), t.ema(), mode());
    }

    /**
     * Trains to the end, from the last checkpoint if there is one.
     *
     * @throws DivergedException if the loss or a weight is no longer a number
     */
    public Outcome run() {
        startNanos = System.nanoTime();
        Checkpoint.Position at = resume();
        before = at.spent();
        long total = Math.min(config.maxSteps(), (long) config.epochs() * stepsPerEpoch());
        listener.started(t.key(), at.step(), total);
        Map<String, Double> metrics = Map.of();
        while (at.epoch() < config.epochs() && at.step() < config.maxSteps()) {
            long step = trainEpoch(at.epoch(), at.step());
            requireFiniteWeights(step);
            int done = at.epoch() + 1;
            boolean last = done == config.epochs() || step >= config.maxSteps();
            double best = at.best();
            if (last || done % config.every().evaluationEpochs() == 0) {
                metrics = evaluate();
                logScores(metrics, step, done);
                best = keepBest(metrics, best);
            }
            at = new Checkpoint.Position(step, done, best, spent());
            if (last || done % config.every().checkpointEpochs() == 0) {
                Checkpoint.save(last(), t.state(), at, config.device());
            }
        }
        if (metrics.isEmpty()) {
            metrics = evaluate(); // stopped after the last checkpoint, which came after these scores were logged
        }
        shipAverage();
        listener.ended(t.key(), metrics);
        return new Outcome(metrics, at.best(), at.step(), spent());
    }

    private Evaluator.Mode mode() {
        return new Evaluator.Mode(config.device(), config.bf16(), config.channelsLast());
    }

    private Path last() {
        return folder.resolve("last.safetensors");
    }

    private Checkpoint.Position resume() {
        if (!Files.exists(last())) {
            listener.rewound(t.key(), 0);
            return Checkpoint.Position.START;
        }
        Checkpoint.Position at = Checkpoint.load(last(), t.state(), config.device());
        listener.rewound(t.key(), at.step());
        return at;
    }

    private int stepsPerEpoch() {
        return Math.max(1, t.train().batches() / config.accumulate());
    }

    private long trainEpoch(int epoch, long step) {
        t.student().train(true);
        t.objective().train(true);
        long start = System.nanoTime();
        try (Epoch batches = t.train().epoch(epoch, 0)) {
            for (int i = 0; i < stepsPerEpoch() && batches.hasNext() && step < config.maxSteps(); i++) {
                double now = epoch + (double) i / stepsPerEpoch();
                double lr = t.schedule().at(config.perStep() ? now : epoch);
                Map<String, Double> terms = step(batches, now, step, lr);
                step++;
                double loss =
                        terms.values().stream().mapToDouble(Double::doubleValue).sum();
                listener.stepped(t.key(), step, loss);
                if (step == 1 || step % config.every().logSteps() == 0) {
                    log(step, epoch + (i + 1.0) / stepsPerEpoch(), lr, loss, terms);
                }
            }
            waitedNanos += batches.waitedNanos();
        }
        trainNanos += System.nanoTime() - start;
        return step;
    }

    /** One optimizer step over {@code accumulate} batches; returns the weighted terms, averaged over them. */
    private Map<String, Double> step(Epoch batches, double epoch, long step, double lr) {
        Map<String, Double> sums = new LinkedHashMap<>();
        StepContext context = new StepContext(step, epoch, true);
        for (int i = 0; i < config.accumulate() && batches.hasNext(); i++) {
            try (Scope scope = Scope.open()) {
                one.backward(context, examples(batches.next()), config.accumulate())
                        .forEach((name, value) -> {
                            requireFinite(name, value, step);
                            sums.merge(name, value / config.accumulate(), Double::sum);
                        });
            }
        }
        one.update(lr, config.clipNorm());
        return sums;
    }

    private static TrainStep.Examples examples(Batch batch) {
        long[] indices = Arrays.stream(batch.indices()).asLongStream().toArray();
        return new TrainStep.Examples(batch.inputs(), batch.target(), indices);
    }

    private void requireFinite(String term, double value, long step) {
        if (!Double.isFinite(value)) {
            throw diverged(step + 1, "the term '" + term + "' is " + value);
        }
    }

    /** Weights can overflow in the very step before a checkpoint, which must not replace a good one. */
    private void requireFiniteWeights(long step) {
        t.student().state().forEach((name, x) -> requireFiniteWeight(name, x, step));
        t.objective().state().forEach((name, x) -> requireFiniteWeight(name, x, step));
    }

    private void requireFiniteWeight(String name, Tensor x, long step) {
        try (Scope scope = Scope.open()) {
            if (x.dtype().isFloating() && !x.isFinite()) {
                throw diverged(step, "the weights '" + name + "' are no longer numbers");
            }
        }
    }

    private DivergedException diverged(long step, String what) {
        String good =
                Files.exists(last()) ? "the last good checkpoint is " + last() : "there is no checkpoint before it";
        return new DivergedException(
                t.key().stage() + " (" + t.key().run() + ", seed " + t.key().seed() + "), step " + step + ": " + what
                        + "; " + good + "; try a smaller learning rate, clip-norm or precision fp32");
    }

    private void log(long step, double epoch, double lr, double loss, Map<String, Double> terms) {
        Map<String, Double> values = new LinkedHashMap<>();
        values.put("lr", lr);
        values.put("loss", loss);
        values.putAll(t.objective().readings());
        listener.logged(LogEntry.step(t.key(), step, epoch, values, terms));
    }

    private Map<String, Double> evaluate() {
        try (Scope scope = Scope.open()) {
            Map<String, Tensor> own = new LinkedHashMap<>();
            if (t.ema().isPresent()) {
                t.student().state().forEach((k, x) -> own.put(k, x.detach().copy()));
                shipAverage();
            }
            Map<String, Double> metrics = t.task().score(t.student(), t.validation(), mode());
            put(own);
            return metrics;
        }
    }

    private void logScores(Map<String, Double> metrics, long step, int epoch) {
        Map<String, Double> logged = new LinkedHashMap<>(metrics);
        logged.put("data_share", 100 * spent().waitingShare());
        listener.logged(LogEntry.evaluation(t.key(), step, epoch, logged));
    }

    private double keepBest(Map<String, Double> metrics, double best) {
        if (!t.objective().isMet()) {
            return best; // only checkpoints that meet every constraint, such as a size, compete for best
        }
        double score = metrics.getOrDefault(t.task().metric(), Double.NEGATIVE_INFINITY);
        if (score > best) {
            Map<String, Tensor> state = new LinkedHashMap<>(t.student().state());
            t.ema().ifPresent(e -> state.putAll(e.state()));
            Safetensors.writeTensors(folder.resolve("best.safetensors"), state, Map.of());
        }
        return Math.max(score, best);
    }

    /** Puts the moving average, where there is one, into the student. */
    private void shipAverage() {
        t.ema().ifPresent(e -> put(e.state()));
    }

    private void put(Map<String, Tensor> state) {
        try (NoGrad quiet = NoGrad.open()) {
            Map<String, Tensor> student = t.student().state();
            state.forEach((name, value) -> {
                Tensor own = student.get(name);
                if (own != null) {
                    own.copyFrom(value);
                }
            });
        }
    }

    private Checkpoint.Times spent() {
        return before.plus(
                new Checkpoint.Times((System.nanoTime() - startNanos) / 1e9, trainNanos / 1e9, waitedNanos / 1e9));
    }
}
