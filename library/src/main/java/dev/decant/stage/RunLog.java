package dev.decant.stage;

import dev.decant.train.LogEntry;
import dev.decant.train.MetricsLog;
import dev.decant.train.RunKey;
import dev.decant.train.TensorBoardWriter;
import java.nio.file.Path;
import java.util.Map;

/** Writes what is heard to {@code metrics.jsonl} and {@code tensorboard/}, and passes it on. */
public final class RunLog implements RunListener, AutoCloseable {

    private final MetricsLog metrics;
    private final TensorBoardWriter tensorboard;
    private final RunListener next;

    private RunLog(MetricsLog metrics, TensorBoardWriter tensorboard, RunListener next) {
        this.metrics = metrics;
        this.tensorboard = tensorboard;
        this.next = next;
    }

    public static RunLog open(Path run, RunListener next) {
        return new RunLog(
                MetricsLog.open(run.resolve("metrics.jsonl")),
                TensorBoardWriter.open(run.resolve("tensorboard")),
                next);
    }

    @Override
    public void started(RunKey key, long done, long total) {
        next.started(key, done, total);
    }

    @Override
    public void stepped(RunKey key, long step, double loss) {
        next.stepped(key, step, loss);
    }

    @Override
    public void logged(LogEntry entry) {
        metrics.append(entry);
        tensorboard.append(entry);
        next.logged(entry);
    }

    @Override
    public void rewound(RunKey key, long step) {
        metrics.rewind(key, step);
        tensorboard.rewind(key, step);
        next.rewound(key, step);
    }

    @Override
    public void ended(RunKey key, Map<String, Double> scores) {
        metrics.sync();
        next.ended(key, scores);
    }

    @Override
    public void says(String line) {
        next.says(line);
    }

    @Override
    public void close() {
        metrics.close();
        tensorboard.close();
    }
}
