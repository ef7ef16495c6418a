package dev.decant.data.text;

import dev.decant.DataException;
import dev.decant.spec.MalformedData;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Collects the rows of one file, and what happens to lines that are not as they should be. */
final class TextRows {

    private static final Logger LOG = LoggerFactory.getLogger(TextRows.class);

    private final Path file;
    private final TextLabels labels;
    private final MalformedData policy;
    private final List<TextRow> rows = new ArrayList<>();
    private String firstProblem = "";
    private int skipped;

    TextRows(Path file, TextLabels labels, MalformedData policy) {
        this.file = file;
        this.labels = labels;
        this.policy = policy;
    }

    /** A label outside the set is a mistake whatever the policy: it would silently shrink a class. */
    void add(long line, String first, String second, String label) {
        if (first.isBlank()) {
            reject(line, "the text is empty");
            return;
        }
        String where = file + ":" + line;
        rows.add(new TextRow(first, second, labels.read(label, where), where));
    }

    void addPair(long line, String first, String second, String label) {
        if (second.isBlank()) {
            reject(line, "the second text is empty");
        } else {
            add(line, first, second, label);
        }
    }

    void reject(long line, String problem) {
        String message = file + ":" + line + ": " + problem;
        if (policy == MalformedData.ERROR) {
            throw new DataException(message + "; `malformed: skip` leaves such lines out");
        }
        if (skipped++ == 0) {
            firstProblem = message;
        }
    }

    TextTable table(boolean isPairs) {
        if (skipped > 0) {
            LOG.warn("{}: {} malformed lines are left out, the first: {}", file, skipped, firstProblem);
        }
        return new TextTable(file.toString(), rows, isPairs, labels, skipped);
    }
}
