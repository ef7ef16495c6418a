package dev.decant.data.text;

import dev.decant.DataException;
import dev.decant.data.Split;
import dev.decant.file.TextLines;
import dev.decant.spec.MalformedData;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Unlabelled text for masked language modeling, one sentence or paragraph a line: a {@code .txt} file, a folder with
 * {@code <split>.txt}, or the folder of GLUE, of which every sentence of every task that is there is taken once, or every
 * pair of sentences.
 */
public final class PlainText {

    /** Of a single file, every so many lines one is kept for scores. */
    private static final int KEPT_FOR_SCORES = 20;

    private PlainText() {}

    /**
     * Reads a split; of a single file, {@code train} is all but every twentieth line, any other split is those.
     *
     * @throws DataException when nothing is found, or the text is empty
     */
    public static TextTable read(Path path, String split) {
        if (Files.isRegularFile(path)) {
            return lines(path, split, true);
        }
        Optional<String> name = Split.find(split, path.toString(), s -> Files.isRegularFile(path.resolve(s + ".txt")));
        if (name.isPresent()) {
            return lines(path.resolve(name.get() + ".txt"), split, false);
        }
        List<Glue> tasks = Glue.all().filter(t -> t.isIn(path, split)).toList();
        if (tasks.isEmpty()) {
            throw new DataException(path + ": no text for split '" + split + "'; expected a .txt file, a folder with "
                    + split + ".txt, or the folder of GLUE");
        }
        return sentences(path, split, tasks);
    }

    private static TextTable lines(Path file, String split, boolean isWhole) {
        boolean training = Split.candidates(split).contains("train");
        List<TextRow> rows = new ArrayList<>();
        int[] seen = {0};
        TextLines.each(file, (number, line) -> {
            if (!line.isBlank()) {
                boolean kept = ++seen[0] % KEPT_FOR_SCORES == 0;
                if (!isWhole || kept != training) {
                    rows.add(new TextRow(line.strip(), "", 0, file + ":" + number));
                }
            }
        });
        return new TextTable(file.toString(), rows, false, new TextLabels.None(), 0);
    }

    private static TextTable sentences(Path path, String split, List<Glue> tasks) {
        Map<String, TextRow> rows = new LinkedHashMap<>();
        for (Glue task : tasks) {
            for (TextRow row : task.read(path, split, MalformedData.SKIP).rows()) {
                rows.putIfAbsent(row.first().strip(), new TextRow(row.first().strip(), "", 0, row.where()));
                if (task.isPairs()) {
                    rows.putIfAbsent(
                            row.second().strip(), new TextRow(row.second().strip(), "", 0, row.where()));
                }
            }
        }
        return table(path, rows.values(), false);
    }

    /**
     * Pairs of sentences, of the tasks of GLUE that have them; each is one text of two segments, so that what is hidden in one
     * sentence may be read in the other.
     *
     * @throws DataException when there are none
     */
    public static TextTable pairs(Path path, String split) {
        List<Glue> tasks =
                Glue.all().filter(t -> t.isPairs() && t.isIn(path, split)).toList();
        if (tasks.isEmpty()) {
            throw new DataException(path + ": no pairs of sentences for split '" + split
                    + "'; expected the folder of GLUE with a task of pairs");
        }
        Map<String, TextRow> rows = new LinkedHashMap<>();
        for (Glue task : tasks) {
            for (TextRow row : task.read(path, split, MalformedData.SKIP).rows()) {
                TextRow pair = new TextRow(row.first().strip(), row.second().strip(), 0, row.where());
                rows.putIfAbsent(pair.first() + "\t" + pair.second(), pair);
            }
        }
        return table(path, rows.values(), true);
    }

    private static TextTable table(Path path, Collection<TextRow> rows, boolean isPairs) {
        return new TextTable(path.toString(), List.copyOf(rows), isPairs, new TextLabels.None(), 0);
    }
}
