package dev.decant.data;

import dev.decant.metric.TextMetric;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The tasks of GLUE (Wang et al. 2019) as their official files have them: tab-separated, never quoted, most with a header.
 * MNLI counts twice, since it is scored on texts of the training's kinds and on others. Classes are in the order of the
 * scripts that came with BERT.
 *
 * <p>Scores are taken on the dev files; the labels of the official test files are not public.
 */
public enum Glue {
    COLA("CoLA", "", "", "", TextMetric.MATTHEWS),
    SST_2("SST-2", "sentence", "", "label", TextMetric.ACCURACY),
    MRPC("MRPC", "#1 String", "#2 String", "Quality", TextMetric.F1_AND_ACCURACY),
    STS_B("STS-B", "sentence1", "sentence2", "score", TextMetric.PEARSON_AND_SPEARMAN),
    QQP("QQP", "question1", "question2", "is_duplicate", TextMetric.F1_AND_ACCURACY),
    MNLI("MNLI", "sentence1", "sentence2", "gold_label", TextMetric.ACCURACY),
    /** MNLI, scored on kinds of text that it was not trained on. */
    MNLI_MM("MNLI", "sentence1", "sentence2", "gold_label", TextMetric.ACCURACY),
    QNLI("QNLI", "question", "sentence", "label", TextMetric.ACCURACY),
    RTE("RTE", "sentence1", "sentence2", "label", TextMetric.ACCURACY),
    WNLI("WNLI", "sentence1", "sentence2", "label", TextMetric.ACCURACY);

    /** CoLA has no header; its four columns are source, label, star and sentence. */
    private static final int COLA_COLUMNS = 4;

    private static final TextLabels BINARY = new TextLabels.Classes(List.of("0", "1"));
    private static final TextLabels ENTAILMENT = new TextLabels.Classes(List.of("entailment", "not_entailment"));
    private static final TextLabels INFERENCE =
            new TextLabels.Classes(List.of("contradiction", "entailment", "neutral"));

    private final String folder;
    private final String first;
    private final String second;
    private final String label;
    private final TextMetric metric;

    Glue(String folder, String first, String second, String label, TextMetric metric) {
        this.folder = folder;
        this.first = first;
        this.second = second;
        this.label = label;
        this.metric = metric;
    }

    /**
     * A task by its name, whatever the case and hyphens: {@code sst2}, {@code SST-2}, {@code mnli-mm}.
     *
     * @throws DataException when there is none
     */
    public static Glue of(String name) {
        return Arrays.stream(values())
                .filter(t -> plain(t.name()).equals(plain(name)))
                .findFirst()
                .orElseThrow(() -> new DataException("GLUE has no task '" + name + "'; expected "
                        + Arrays.stream(values()).map(Glue::key).collect(Collectors.joining(", "))));
    }

    private static String plain(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[-_ ]", "");
    }

    /** The name in recipes: {@code sst-2}. */
    public String key() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** What the task is scored by. */
    public TextMetric metric() {
        return metric;
    }

    public TextLabels labels() {
        return switch (this) {
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
    public TextTable read(Path path, String split, Malformed policy) {
        Path file = file(path, split);
        TextRows rows = new TextRows(file, labels(), policy);
        if (this == COLA) {
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
        return switch (this) {
            case MNLI -> "dev_matched.tsv";
            case MNLI_MM -> "dev_mismatched.tsv";
            default -> "dev.tsv";
        };
    }

    boolean isIn(Path path, String split) {
        return Files.isRegularFile(path.resolve(folder).resolve(fileName(split)));
    }
}
