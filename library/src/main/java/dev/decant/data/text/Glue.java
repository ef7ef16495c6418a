package dev.decant.data.text;

import dev.decant.DataException;
import dev.decant.data.Split;
import dev.decant.spec.GlueTask;
import dev.decant.spec.MalformedData;
import dev.decant.spec.TextMetric;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * A task of GLUE (Wang et al. 2019) as its official files have it: tab-separated, never quoted, most with a header.
 * MNLI counts twice, since it is scored on texts of the training's kinds and on others. Classes are in the order of the
 * scripts that came with BERT.
 *
 * <p>Scores are taken on the dev files; the labels of the official test files are not public.
 */
public final class Glue {

    /** CoLA has no header; its four columns are source, label, star and sentence. */
    private static final int COLA_COLUMNS = 4;

    private static final TextLabels BINARY = new TextLabels.Classes(List.of("0", "1"));
    private static final TextLabels ENTAILMENT = new TextLabels.Classes(List.of("entailment", "not_entailment"));
    private static final TextLabels INFERENCE =
            new TextLabels.Classes(List.of("contradiction", "entailment", "neutral"));

    private final GlueTask task;
    private final String folder;
    private final String first;
    private final String second;
    private final String label;
    private final TextMetric metric;

    private Glue(GlueTask task, String folder, String first, String second, String label, TextMetric metric) {
        this.task = task;
        this.folder = folder;
        this.first = first;
        this.second = second;
        this.label = label;
        this.metric = metric;
    }

    /** The folder of a task, its columns and what it is scored by. */
    public static Glue of(GlueTask task) {
        return switch (task) {
            case COLA -> new Glue(task, "CoLA", "", "", "", TextMetric.MATTHEWS);
            case SST_2 -> new Glue(task, "SST-2", "sentence", "", "label", TextMetric.ACCURACY);
            case MRPC -> new Glue(task, "MRPC", "#1 String", "#2 String", "Quality", TextMetric.F1_AND_ACCURACY);
            case STS_B -> new Glue(task, "STS-B", "sentence1", "sentence2", "score", TextMetric.PEARSON_AND_SPEARMAN);
            case QQP -> new Glue(task, "QQP", "question1", "question2", "is_duplicate", TextMetric.F1_AND_ACCURACY);
            case MNLI, MNLI_MM -> new Glue(task, "MNLI", "sentence1", "sentence2", "gold_label", TextMetric.ACCURACY);
            case QNLI -> new Glue(task, "QNLI", "question", "sentence", "label", TextMetric.ACCURACY);
            case RTE -> new Glue(task, "RTE", "sentence1", "sentence2", "label", TextMetric.ACCURACY);
            case WNLI -> new Glue(task, "WNLI", "sentence1", "sentence2", "label", TextMetric.ACCURACY);
        };
    }

    /** Every task. */
    static Stream<Glue> all() {
        return Arrays.stream(GlueTask.values()).map(Glue::of);
    }

    /** What the task is scored by. */
    public TextMetric metric() {
        return metric;
    }

    public TextLabels labels() {
        return switch (task) {
            case COLA, SST_2, MRPC, QQP, WNLI -> BINARY;
            case STS_B -> new TextLabels.Scores(0, 5);
            case MNLI, MNLI_MM -> INFERENCE;
            case QNLI, RTE -> ENTAILMENT;
        };
    }

    public boolean isPairs() {
        return !second.isEmpty();
    }

    /**
     * Reads a split: the training file for {@code train}, the dev file for all others.
     *
     * @param path the folder of GLUE with a folder for each task, or the task's own folder
     * @throws DataException when the file is missing, lacks a column, is empty, or has a line that cannot be used
     */
    public TextTable read(Path path, String split, MalformedData policy) {
        Path file = file(path, split);
        TextRows rows = new TextRows(file, labels(), policy);
        if (task == GlueTask.COLA) {
            readRows(file, COLA_COLUMNS, 1, rows, new int[] {3, -1, 1});
        } else {
            List<String> header = TsvFile.header(file);
            int[] places = {
                TsvFile.column(file, header, first),
                isPairs() ? TsvFile.column(file, header, second) : -1,
                TsvFile.column(file, header, label)
            };
            readRows(file, header.size(), 2, rows, places);
        }
        return rows.table(isPairs());
    }

    private static void readRows(Path file, int columns, int firstLine, TextRows rows, int[] places) {
        TsvFile.read(file, columns, firstLine, rows, (line, fields) -> {
            if (places[1] < 0) {
                rows.add(line, fields[places[0]], "", fields[places[2]]);
            } else {
                rows.addPair(line, fields[places[0]], fields[places[1]], fields[places[2]]);
            }
        });
    }

    private Path file(Path path, String split) {
        String name = fileName(split);
        Path own = path.resolve(folder).resolve(name);
        Path file = Files.isRegularFile(own) ? own : path.resolve(name);
        if (!Files.isRegularFile(file)) {
            throw new DataException(path + ": has neither " + folder + "/" + name + " nor " + name);
        }
        return file;
    }

    private String fileName(String split) {
        if (Split.candidates(split).contains("train")) {
            return "train.tsv";
        }
        return switch (task) {
            case MNLI -> "dev_matched.tsv";
            case MNLI_MM -> "dev_mismatched.tsv";
            default -> "dev.tsv";
        };
    }

    boolean isIn(Path path, String split) {
        return Files.isRegularFile(path.resolve(folder).resolve(fileName(split)));
    }
}
