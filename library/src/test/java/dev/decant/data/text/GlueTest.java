package dev.decant.data.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.decant.DataException;
import dev.decant.spec.GlueTask;
import dev.decant.spec.MalformedData;
import dev.decant.spec.TextMetric;
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
    private static final Map<GlueTask, String> FILES = new EnumMap<>(Map.of(
            GlueTask.COLA, "x1\t1\t\tOne \"quoted word.\nx1\t0\t*\tTwo.\n",
            GlueTask.SST_2, "sentence\tlabel\nOne \"quoted word.\t1\nTwo.\t0\n",
            GlueTask.MRPC,
                    "\ufeffQuality\t#1 ID\t#2 ID\t#1 String\t#2 String\n1\t7\t8\tOne \"quoted word.\tB\n0\t7\t8\tTwo.\tB\n",
            GlueTask.STS_B,
                    "index\tgenre\tfilename\tyear\told_index\tsource1\tsource2\tsentence1\tsentence2\tscore\n"
                            + "0\tg\tf\ty\to\ta\tb\tOne \"quoted word.\tB\t1.000\n0\tg\tf\ty\to\ta\tb\tTwo.\tB\t0.000\n",
            GlueTask.QQP,
                    "id\tqid1\tqid2\tquestion1\tquestion2\tis_duplicate\n1\t2\t3\tOne \"quoted word.\tB\t1\n"
                            + "1\t2\t3\tTwo.\tB\t0\n",
            GlueTask.MNLI,
                    "index\tsentence1\tsentence2\tlabel1\tgold_label\n0\tOne \"quoted word.\tB\tneutral\tentailment\n"
                            + "1\tTwo.\tB\tneutral\tcontradiction\n",
            GlueTask.QNLI,
                    "index\tquestion\tsentence\tlabel\n0\tOne \"quoted word.\tB\tnot_entailment\n1\tTwo.\tB\tentailment\n",
            GlueTask.RTE,
                    "index\tsentence1\tsentence2\tlabel\n0\tOne \"quoted word.\tB\tnot_entailment\n1\tTwo.\tB\tentailment\n",
            GlueTask.WNLI, "index\tsentence1\tsentence2\tlabel\n0\tOne \"quoted word.\tB\t1\n\n1\tTwo.\tB\t0\n"));

    private void write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.resolveSibling("."));
        Files.writeString(file, text);
    }

    @Test
    void everyTaskIsReadInItsOwnLayout() throws IOException {
        List<String> folders = List.of("CoLA", "SST-2", "MRPC", "STS-B", "QQP", "MNLI", "MNLI", "QNLI", "RTE", "WNLI");
        for (GlueTask task : GlueTask.values()) {
            Glue glue = Glue.of(task);
            String text = FILES.get(task == GlueTask.MNLI_MM ? GlueTask.MNLI : task);
            String dev = task == GlueTask.MNLI ? "dev_matched" : task == GlueTask.MNLI_MM ? "dev_mismatched" : "dev";
            write(folders.get(task.ordinal()) + "/" + dev + ".tsv", text);
            for (Path path : List.of(folder, folder.resolve(folders.get(task.ordinal())))) {
                TextTable table = glue.read(path, "test", MalformedData.ERROR);
                assertThat(table.rows()).as(task.key()).hasSize(2);
                assertThat(table.rows().get(0).first()).isEqualTo("One \"quoted word.");
                assertThat(table.rows().get(1).first()).isEqualTo("Two.");
                assertThat(table.rows()).extracting(TextRow::label).containsExactly(1.0, 0.0);
                assertThat(table.rows().get(0).second()).isEqualTo(glue.isPairs() ? "B" : "");
                assertThat(table.isPairs()).isEqualTo(glue.isPairs());
            }
        }
    }

    @Test
    void aTaskHasItsNameAndItsMetric() {
        assertThat(GlueTask.MNLI_MM.key()).isEqualTo("mnli-mm");
        assertThat(Glue.of(GlueTask.COLA).metric()).isEqualTo(TextMetric.MATTHEWS);
    }

    @Test
    void mistakesAreNamedByFileAndLine() throws IOException {
        assertThatThrownBy(() -> Glue.of(GlueTask.SST_2).read(folder, "train", MalformedData.ERROR))
                .isInstanceOf(DataException.class)
                .hasMessage(folder + ": has neither SST-2/train.tsv nor train.tsv");
        write("train.tsv", "sentence\tlabel\nfine\t1\n\n  \t1\nbad\t1\tmore\nwell\t2\n");
        Path file = folder.resolve("train.tsv");
        assertThatThrownBy(() -> Glue.of(GlueTask.SST_2).read(folder, "train", MalformedData.ERROR))
                .hasMessage(file + ":4: the text is empty; `malformed: skip` leaves such lines out");
        assertThatThrownBy(() -> Glue.of(GlueTask.SST_2).read(folder, "train", MalformedData.SKIP))
                .hasMessage(file + ":6: label '2' is none of 0, 1");
        write("train.tsv", "sentence\tlabel\nfine\t1\nbad\t1\tmore\n");
        assertThatThrownBy(() -> Glue.of(GlueTask.SST_2).read(folder, "train", MalformedData.ERROR))
                .hasMessageStartingWith(file + ":3: 3 columns, expected 2");
        assertThat(Glue.of(GlueTask.SST_2)
                        .read(folder, "train", MalformedData.SKIP)
                        .skipped())
                .isEqualTo(1);
        assertThatThrownBy(() -> Glue.of(GlueTask.RTE).read(folder, "train", MalformedData.SKIP))
                .hasMessage(file + ":1: has no column 'sentence1'; found sentence, label");
        assertThatThrownBy(() -> Glue.of(GlueTask.COLA).read(folder, "train", MalformedData.ERROR))
                .hasMessageStartingWith(file + ":1: 2 columns, expected 4");
        write("train.tsv", "sentence\tlabel\n");
        assertThatThrownBy(() -> Glue.of(GlueTask.SST_2).read(folder, "train", MalformedData.ERROR))
                .hasMessage(file + ": has no examples");
        write("train.tsv", "");
        assertThatThrownBy(() -> Glue.of(GlueTask.SST_2).read(folder, "train", MalformedData.ERROR))
                .hasMessage(file + ": empty");
        write("dev.tsv", FILES.get(GlueTask.STS_B).replace("1.000", "5.2"));
        assertThatThrownBy(() -> Glue.of(GlueTask.STS_B).read(folder, "dev", MalformedData.ERROR))
                .hasMessage(folder.resolve("dev.tsv") + ":2: label 5.2 is not from 0.0 to 5.0");
    }

    @Test
    @EnabledIfEnvironmentVariable(named = "DECANT_GLUE", matches = ".+")
    void theOfficialFilesHaveTheirNumberOfExamples() {
        Path glue = Path.of(System.getenv("DECANT_GLUE"));
        Map<GlueTask, Integer> dev = Map.of(
                GlueTask.COLA,
                1043,
                GlueTask.SST_2,
                872,
                GlueTask.MRPC,
                408,
                GlueTask.STS_B,
                1500,
                GlueTask.RTE,
                277,
                GlueTask.WNLI,
                71);
        dev.forEach((task, size) -> assertThat(
                        Glue.of(task).read(glue, "dev", MalformedData.ERROR).rows())
                .hasSize(size));
        Map<GlueTask, Integer> train = Map.of(
                GlueTask.COLA,
                8551,
                GlueTask.SST_2,
                67_349,
                GlueTask.STS_B,
                5749,
                GlueTask.RTE,
                2490,
                GlueTask.WNLI,
                635);
        train.forEach((task, size) -> assertThat(
                        Glue.of(task).read(glue, "train", MalformedData.ERROR).rows())
                .hasSize(size));
    }
}
