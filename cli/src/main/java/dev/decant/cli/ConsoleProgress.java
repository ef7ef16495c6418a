package dev.decant.cli;

import dev.decant.stage.RunListener;
import dev.decant.train.LogEntry;
import dev.decant.train.RunKey;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** Shows a run on stderr: a bar with time left and every loss term on a terminal, plain lines elsewhere. */
final class ConsoleProgress implements RunListener, AutoCloseable {

    /** The launcher looks whether stderr is a terminal; Java cannot on every version. */
    private final boolean isTerminal = Boolean.getBoolean("decant.terminal");

    private @Nullable ProgressBar bar;

    @Override
    public void started(RunKey key, long done, long total) {
        close();
        String task = key.stage() + " " + key.run() + " seed " + key.seed();
        if (isTerminal) {
            bar = new ProgressBarBuilder()
                    .setTaskName(task)
                    .setInitialMax(total)
                    .setStyle(ProgressBarStyle.COLORFUL_UNICODE_BLOCK)
                    .setUpdateIntervalMillis(250)
                    .showSpeed()
                    .build();
            bar.stepTo(done);
        } else {
            System.err.println(task + ": " + total + " steps" + (done > 0 ? ", " + done + " of them done" : ""));
        }
    }

    @Override
    public void stepped(RunKey key, long step, double loss) {
        if (bar != null) {
            bar.stepTo(step);
        }
    }

    @Override
    public void logged(LogEntry entry) {
        Map<String, Double> shown = entry.metrics().isEmpty() ? entry.terms() : entry.metrics();
        String text = shown.entrySet().stream()
                .map(e -> e.getKey() + String.format(Locale.ROOT, " %.3g", e.getValue()))
                .collect(Collectors.joining("  "));
        if (bar != null) {
            bar.setExtraMessage(" " + text);
        } else if (!isTerminal && !entry.metrics().isEmpty()) {
            System.err.printf(Locale.ROOT, "  epoch %.0f: %s%n", entry.epoch(), text);
        }
    }

    @Override
    public void ended(RunKey key, Map<String, Double> metrics) {
        close();
    }

    @Override
    public void says(String line) {
        close();
        System.err.println(line);
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
            bar = null;
        }
    }
}
