package dev.decant.data.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.decant.DataException;
import dev.decant.spec.MalformedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextFilesTest {

    private static final TextColumns COLUMNS = new TextColumns("text", "", "label");
    private static final TextColumns PAIRS = new TextColumns("q", "a", "score");

    @TempDir
    private Path folder;

    private TextFiles files(TextColumns columns) {
        return new TextFiles(folder, columns, MalformedData.ERROR);
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    @Test
    void csvHasQuotesAndLineBreaksInThem() throws IOException {
        Path file = write("train.csv", "\ufefflabel,text\ngood,\"One, \"\"two\"\",\nthree\"\nbad,four\n");
        TextFiles files = files(COLUMNS);
        TextLabels.Classes classes = files.classes();
        assertThat(classes.names()).containsExactly("bad", "good");
        TextTable table = files.read("train", classes);
        assertThat(table.rows())
                .containsExactly(
                        new TextRow("One, \"two\",\nthree", "", 1, file + ":2"),
                        new TextRow("four", "", 0, file + ":4"));
    }

    @Test
    void jsonLinesHoldPairsAndScores() throws IOException {
        write(
                "train.jsonl",
                "{\"q\": \"a\", \"a\": \"b\", \"score\": 2.5, \"more\": []}\n\n{\"q\": \"c\", \"a\": \"d\", \"score\": \"-1\"}\n");
        TextTable table = files(PAIRS).read("train", TextLabels.Scores.ANY);
        assertThat(table.rows()).extracting(TextRow::label).containsExactly(2.5, -1.0);
        assertThat(table.rows()).extracting(TextRow::second).containsExactly("b", "d");
    }

    @Test
    void classesOfTheTrainingFileHoldForAllSplits() throws IOException {
        write("train.tsv", "text\tlabel\n\"a\t10\nb\t9\n");
        Path dev = write("dev.csv", "text,label\na,11\n");
        TextFiles files = files(COLUMNS);
        assertThat(files.classes().names()).containsExactly("9", "10");
        assertThat(files.read("train", files.classes()).rows().get(0).first()).isEqualTo("\"a");
        assertThatThrownBy(() -> files.read("test", files.classes()))
                .hasMessage(dev + ":2: label '11' is none of 9, 10");
    }

    @Test
    void mistakesAreNamedByFileAndLine() throws IOException {
        assertThatThrownBy(() -> files(COLUMNS).read("train", TextLabels.Scores.ANY))
                .isInstanceOf(DataException.class)
                .hasMessage(folder + ": has no file train.jsonl, train.csv or train.tsv");
        Path csv = write("train.csv", "text,mark\na,1\n");
        assertThatThrownBy(() -> files(COLUMNS).classes())
                .hasMessage(csv + ":1: has no column 'label'; found text, mark");
        write("train.csv", "text,label\na,1\nb\n");
        assertThatThrownBy(() -> files(COLUMNS).read("train", TextLabels.Scores.ANY))
                .hasMessageStartingWith(csv + ":3: 1 columns, expected 2");
        Path json = write("train.jsonl", "{\"text\": \"a\", \"label\": null}\n");
        assertThatThrownBy(() -> files(COLUMNS).read("train", TextLabels.Scores.ANY))
                .hasMessageStartingWith(json + ":1: has no text, number or truth value 'label'");
        write("train.jsonl", "{\"text\": \"a\", \"label\": 1}\nnothing\n");
        assertThatThrownBy(() -> files(COLUMNS).read("train", TextLabels.Scores.ANY))
                .hasMessageStartingWith(json + ":2: not JSON");
        write("train.jsonl", "{\"text\": \"a\", \"label\": \"NaN\"}\n");
        assertThatThrownBy(() -> files(COLUMNS).read("train", TextLabels.Scores.ANY))
                .hasMessage(json + ":1: label NaN is not a finite number");
        Files.write(json, new byte[] {'{', (byte) 0xff});
        assertThatThrownBy(() -> files(COLUMNS).read("train", TextLabels.Scores.ANY))
                .hasMessage(json + ": not UTF-8 text");
    }

    @Test
    void plainTextComesFromAFileAFolderOrGlue() throws IOException {
        StringBuilder lines = new StringBuilder();
        for (int i = 1; i <= 40; i++) {
            lines.append("line ").append(i).append("\n\n");
        }
        Path file = write("all.txt", lines.toString());
        assertThat(PlainText.read(file, "train").rows()).hasSize(38);
        assertThat(PlainText.read(file, "test").rows())
                .extracting(TextRow::first)
                .containsExactly("line 20", "line 40");

        assertThatThrownBy(() -> PlainText.read(folder, "train")).hasMessageContaining("no text for split 'train'");
        Files.createDirectories(folder.resolve("RTE"));
        write("RTE/train.tsv", "index\tsentence1\tsentence2\tlabel\n0\tA\tB\tentailment\n1\tA\tC\tentailment\n");
        assertThat(PlainText.read(folder, "train").rows())
                .extracting(TextRow::first)
                .containsExactly("A", "B", "C");
        TextTable pairs = PlainText.pairs(folder, "train");
        assertThat(pairs.isPairs()).isTrue();
        assertThat(pairs.rows()).extracting(TextRow::first).containsExactly("A", "A");
        assertThat(pairs.rows()).extracting(TextRow::second).containsExactly("B", "C");
        assertThatThrownBy(() -> PlainText.pairs(file, "train"))
                .hasMessage(
                        file
                                + ": no pairs of sentences for split 'train'; expected the folder of GLUE with a task of pairs");

        write("train.txt", "x\n \ny\n");
        assertThat(PlainText.read(folder, "train").rows())
                .extracting(TextRow::first)
                .containsExactly("x", "y");
    }
}
