package dev.decant.train;

import dev.decant.data.Batch;
import dev.decant.data.Epoch;
import dev.decant.distill.Objective;
import dev.decant.distill.StepView;
import dev.decant.distill.Taps;
import dev.decant.model.ImageClassifier;
import dev.decant.nn.Trace;
import dev.decant.optim.Ema;
import dev.decant.tensor.Autocast;
import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Ops;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import dev.decant.weights.Safetensors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

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
    private final List<Tensor> learned = new ArrayList<>();
    private Checkpoint.Times before = Checkpoint.Times.NONE;
    private long startNanos;
    private long trainNanos;
    private long waitedNanos;

    /**
     * How it ended.
     *
     * @param metrics scores of the last epoch's weights (of the average, where one is kept)
     * @param best highest accuracy of any epoch
     * @param spent time of all attempts whose work was kept
     */
    public record Outcome(Map<String, Double> metrics, double best, long steps, Checkpoint.Times spent) {}

    /** Checkpoints go to {@code folder/last.safetensors} and, for the best epoch's weights, {@code best.safetensors}. */
    public Trainer(Training training, TrainingConfig config, Path folder, TrainListener listener) {
        this.t = training;
        this.config = config;
        this.folder = folder;
        this.listener = listener;
        learned.addAll(t.student().parameters().values());
        learned.addAll(t.objective().parameters().values());
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
        for (int i = 0; i < config.accumulate() && batches.hasNext(); i++) {
            try (Scope scope = Scope.open()) {
                StepView view = look(batches.next(), epoch);
                Objective.Report report = evaluate(view);
                report.weighted().forEach((name, part) -> {
                    double value = part.item();
                    requireFinite(name, value, step);
                    sums.merge(name, value / config.accumulate(), Double::sum);
                });
                report.total().div(config.accumulate()).backward();
            }
        }
        try (Scope scope = Scope.open();
                NoGrad quiet = NoGrad.open()) {
            if (config.clipNorm() < Double.POSITIVE_INFINITY) {
                Ops.clipGradNorm(learned.stream().filter(Tensor::hasGrad).toList(), config.clipNorm());
            }
            t.optimizer().step(lr);
            learned.forEach(Tensor::clearGrad);
            t.ema().ifPresent(Ema::update);
        }
        return sums;
    }

    /** Losses are fp32 whatever surrounds them; branches and projectors may run in bf16. */
    private Objective.Report evaluate(StepView view) {
        try (Autocast cast = Evaluator.autocast(config.device(), config.bf16())) {
            return t.objective().evaluate(view);
        }
    }

    /** Runs teachers and student on one batch and keeps what the objective asked for. */
    private StepView look(Batch batch, double epoch) {
        Tensor images = Evaluator.prepare(batch.images(), config.device(), config.channelsLast());
        Taps wanted = t.objective().taps();
        Map<String, Trace> seen = new LinkedHashMap<>();
        try (Autocast cast = Evaluator.autocast(config.device(), config.bf16())) {
            try (NoGrad quiet = NoGrad.open()) {
                t.teachers().forEach((name, teacher) -> {
                    Set<String> taps = wanted.teachers().getOrDefault(name, Set.of());
                    if (!taps.isEmpty()) {
                        seen.put(name, pass(teacher.model(), teacher.images(images), taps));
                    }
                });
            }
            Trace student = pass(t.student(), images, wanted.student());
            Tensor target = batch.softLabels().orElse(batch.labels()).to(config.device());
            long[] indices = Arrays.stream(batch.indices()).asLongStream().toArray();
            return new StepView(student, seen, target, indices, epoch, true);
        }
    }

    private static Trace pass(ImageClassifier model, Tensor images, Set<String> taps) {
        Trace trace = Trace.of(taps);
        model.forward(images, trace);
        return trace;
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
        Evaluator.Mode mode = new Evaluator.Mode(config.device(), config.bf16(), config.channelsLast());
        try (Scope scope = Scope.open()) {
            Map<String, Tensor> own = new LinkedHashMap<>();
            if (t.ema().isPresent()) {
                t.student().state().forEach((k, x) -> own.put(k, x.detach().copy()));
                shipAverage();
            }
            Map<String, Double> metrics = Evaluator.evaluate(t.student(), t.validation(), mode);
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
        double accuracy = metrics.getOrDefault("accuracy", Double.NEGATIVE_INFINITY);
        if (accuracy > best) {
            Map<String, Tensor> state =
                    t.ema().map(Ema::state).orElseGet(() -> t.student().state());
            Safetensors.writeTensors(folder.resolve("best.safetensors"), state, Map.of());
        }
        return Math.max(accuracy, best);
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
