package dev.decant.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.decant.metric.TextMetric;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

class GlueTest {

    @TempDir
    private Path folder;

    /** Two lines of each task in its own layout; what the label's number is. */
    private static final Map<Glue, String> FILES = new EnumMap<>(Map.of(
            Glue.COLA, "x1\t1\t\tOne \"quoted word.\nx1\t0\t*\tTwo.\n",
            Glue.SST_2, "sentence\tlabel\nOne \"quoted word.\t1\nTwo.\t0\n",
            Glue.MRPC,
                    "\ufeffQuality\t#1 ID\t#2 ID\t#1 String\t#2 String\n1\t7\t8\tOne \"quoted word.\tB\n0\t7\t8\tTwo.\tB\n",
            Glue.STS_B,
                    "index\tgenre\tfilename\tyear\told_index\tsource1\tsource2\tsentence1\tsentence2\tscore\n"
                            + "0\tg\tf\ty\to\ta\tb\tOne \"quoted word.\tB\t1.000\n0\tg\tf\ty\to\ta\tb\tTwo.\tB\t0.000\n",
            Glue.QQP,
                    "id\tqid1\tqid2\tquestion1\tquestion2\tis_duplicate\n1\t2\t3\tOne \"quoted word.\tB\t1\n"
                            + "1\t2\t3\tTwo.\tB\t0\n",
            Glue.MNLI,
                    "index\tsentence1\tsentence2\tlabel1\tgold_label\n0\tOne \"quoted word.\tB\tneutral\tentailment\n"
                            + "1\tTwo.\tB\tneutral\tcontradiction\n",
            Glue.QNLI,
                    "index\tquestion\tsentence\tlabel\n0\tOne \"quoted word.\tB\tnot_entailment\n1\tTwo.\tB\tentailment\n",
            Glue.RTE,
                    "index\tsentence1\tsentence2\tlabel\n0\tOne \"quoted word.\tB\tnot_entailment\n1\tTwo.\tB\tentailment\n",
            Glue.WNLI, "index\tsentence1\tsentence2\tlabel\n0\tOne \"quoted word.\tB\t1\n\n1\tTwo.\tB\t0\n"));

    private void write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.resolveSibling("."));
        Files.writeString(file, text);
    }

    @Test
    void everyTaskIsReadInItsOwnLayout() throws IOException {
        List<String> folders = List.of("CoLA", "SST-2", "MRPC", "STS-B", "QQP", "MNLI", "MNLI", "QNLI", "RTE", "WNLI");
        for (Glue task : Glue.values()) {
            String text = FILES.get(task == Glue.MNLI_MM ? Glue.MNLI : task);
            String dev = task == Glue.MNLI ? "dev_matched" : task == Glue.MNLI_MM ? "dev_mismatched" : "dev";
            write(folders.get(task.ordinal()) + "/" + dev + ".tsv", text);
            for (Path path : List.of(folder, folder.resolve(folders.get(task.ordinal())))) {
                TextTable table = task.read(path, "test", Malformed.ERROR);
                assertThat(table.rows()).as(task.key()).hasSize(2);
                assertThat(table.rows().get(0).first()).isEqualTo("One \"quoted word.");
                assertThat(table.rows().get(1).first()).isEqualTo("Two.");
                assertThat(table.rows()).extracting(TextRow::label).containsExactly(1.0, 0.0);
                assertThat(table.rows().get(0).second()).isEqualTo(task.isPairs() ? "B" : "");
                assertThat(table.isPairs()).isEqualTo(task.isPairs());
            }
        }
    }

    @Test
    void tasksAreKnownByManySpellings() {
        assertThat(Glue.of("sst2")).isEqualTo(Glue.SST_2);
        assertThat(Glue.of("STS-B")).isEqualTo(Glue.STS_B);
        assertThat(Glue.of("mnli-mm")).isEqualTo(Glue.MNLI_MM);
        assertThat(Glue.MNLI_MM.key()).isEqualTo("mnli-mm");
        assertThat(Glue.COLA.metric()).isEqualTo(TextMetric.MATTHEWS);
        assertThatThrownBy(() -> Glue.of("ax")).hasMessageStartingWith("GLUE has no task 'ax'; expected cola, sst-2,");
    }

    @Test
    void mistakesAreNamedByFileAndLine() throws IOException {
        assertThatThrownBy(() -> Glue.SST_2.read(folder, "train", Malformed.ERROR))
                .isInstanceOf(DataException.class)
                .hasMessage(folder + ": has neither SST-2/train.tsv nor train.tsv");
        write("train.tsv", "sentence\tlabel\nfine\t1\n\n  \t1\nbad\t1\tmore\nwell\t2\n");
        Path file = folder.resolve("train.tsv");
        assertThatThrownBy(() -> Glue.SST_2.read(folder, "train", Malformed.ERROR))
                .hasMessage(file + ":4: the text is empty; `malformed: skip` leaves such lines out");
        assertThatThrownBy(() -> Glue.SST_2.read(folder, "train", Malformed.SKIP))
                .hasMessage(file + ":6: label '2' is none of 0, 1");
        write("train.tsv", "sentence\tlabel\nfine\t1\nbad\t1\tmore\n");
        assertThatThrownBy(() -> Glue.SST_2.read(folder, "train", Malformed.ERROR))
                .hasMessageStartingWith(file + ":3: 3 columns, expected 2");
        assertThat(Glue.SST_2.read(folder, "train", Malformed.SKIP).skipped()).isEqualTo(1);
        assertThatThrownBy(() -> Glue.RTE.read(folder, "train", Malformed.SKIP))
                .hasMessage(file + ":1: has no column 'sentence1'; found sentence, label");
        assertThatThrownBy(() -> Glue.COLA.read(folder, "train", Malformed.ERROR))
                .hasMessageStartingWith(file + ":1: 2 columns, expected 4");
        write("train.tsv", "sentence\tlabel\n");
        assertThatThrownBy(() -> Glue.SST_2.read(folder, "train", Malformed.ERROR))
                .hasMessage(file + ": has no examples");
        write("train.tsv", "");
        assertThatThrownBy(() -> Glue.SST_2.read(folder, "train", Malformed.ERROR))
                .hasMessage(file + ": empty");
        write("dev.tsv", FILES.get(Glue.STS_B).replace("1.000", "5.2"));
        assertThatThrownBy(() -> Glue.STS_B.read(folder, "dev", Malformed.ERROR))
                .hasMessage(folder.resolve("dev.tsv") + ":2: label 5.2 is not from 0.0 to 5.0");
    }

    @Test
    @EnabledIfEnvironmentVariable(named = "DECANT_GLUE", matches = ".+")
    void theOfficialFilesHaveTheirNumberOfExamples() {
        Path glue = Path.of(System.getenv("DECANT_GLUE"));
        Map<Glue, Integer> dev = Map.of(
                Glue.COLA, 1043, Glue.SST_2, 872, Glue.MRPC, 408, Glue.STS_B, 1500, Glue.RTE, 277, Glue.WNLI, 71);
        dev.forEach((task, size) ->
                assertThat(task.read(glue, "dev", Malformed.ERROR).rows()).hasSize(size));
        Map<Glue, Integer> train =
                Map.of(Glue.COLA, 8551, Glue.SST_2, 67_349, Glue.STS_B, 5749, Glue.RTE, 2490, Glue.WNLI, 635);
        train.forEach((task, size) ->
                assertThat(task.read(glue, "train", Malformed.ERROR).rows()).hasSize(size));
    }
}
