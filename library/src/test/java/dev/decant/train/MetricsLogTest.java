package dev.decant.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsLogTest {

    private static final RunKey STUDENT = new RunKey("distill", "student", 1);
    private static final RunKey CONTROL = new RunKey("distill", "control", 1);

    @TempDir
    private Path folder;

    private Path file() {
        return folder.resolve("metrics.jsonl");
    }

    private static LogEntry step(RunKey key, long step) {
        return LogEntry.step(key, step, step / 10.0, Map.of("loss", 2.5), Map.of("ofa", 1.5));
    }

    @Test
    void writesOneObjectPerLineAndTheLineIsThereAtOnce() throws Exception {
        try (MetricsLog log = MetricsLog.open(file())) {
            log.append(step(STUDENT, 1));
            log.append(LogEntry.evaluation(STUDENT, 2, 0.2, Map.of("accuracy", 91.5)));
            assertThat(Files.readAllLines(file()))
                    .containsExactly(
                            "{\"stage\":\"distill\",\"run\":\"student\",\"seed\":1,\"step\":1,\"epoch\":0.1,\"loss\":2.5,\"terms\":{\"ofa\":1.5}}",
                            "{\"stage\":\"distill\",\"run\":\"student\",\"seed\":1,\"step\":2,\"epoch\":0.2,\"metrics\":{\"accuracy\":91.5}}");
        }
    }

    @Test
    void numbersThatJsonDoesNotKnowAreStringsThatReadBackAsNumbers() throws Exception {
        try (MetricsLog log = MetricsLog.open(file())) {
            log.append(LogEntry.step(
                    STUDENT, 1, 0.1, Map.of("loss", Double.NaN), Map.of("ofa", Double.POSITIVE_INFINITY)));
        }
        JsonNode line = new JsonMapper().readTree(Files.readString(file()));
        assertThat(line.get("loss").asText()).isEqualTo("NaN");
        assertThat(line.at("/terms/ofa").asText()).isEqualTo("Infinity");
        assertThat(new JsonMapper().convertValue(line.get("loss"), Double.class))
                .isNaN();
    }

    @Test
    void rewindDropsLaterStepsOfThatTrainingOnly() throws Exception {
        try (MetricsLog log = MetricsLog.open(file())) {
            log.append(step(CONTROL, 7));
            log.append(step(STUDENT, 5));
            log.append(step(STUDENT, 6));
            log.append(step(STUDENT, 7));
            log.rewind(STUDENT, 5);
            log.append(step(STUDENT, 6));
        }
        assertThat(Files.readAllLines(file())).hasSize(3);
        assertThat(Files.readString(file())).containsSubsequence("\"control\"", "\"step\":5", "\"step\":6");
    }

    @Test
    void aTrainingThatStartsAgainLeavesNoLine() throws Exception {
        try (MetricsLog log = MetricsLog.open(file())) {
            log.append(step(STUDENT, 0));
            log.rewind(STUDENT, -1);
        }
        assertThat(file()).isEmptyFile();
    }

    @Test
    void openingCutsATornLastLineAndAppends() throws Exception {
        try (MetricsLog log = MetricsLog.open(file())) {
            log.append(step(STUDENT, 1));
        }
        Files.writeString(file(), "{\"stage\":\"dis", StandardOpenOption.APPEND);
        try (MetricsLog log = MetricsLog.open(file())) {
            log.append(step(STUDENT, 2));
        }
        assertThat(Files.readAllLines(file())).hasSize(2).allMatch(line -> line.endsWith("}"));
    }

    @Test
    void aFailureNamesTheFile() {
        assertThatThrownBy(() -> MetricsLog.open(Path.of("/proc/nowhere/metrics.jsonl")))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("cannot write /proc/nowhere/metrics.jsonl");
    }
}
