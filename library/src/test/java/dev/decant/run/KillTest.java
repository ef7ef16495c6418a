package dev.decant.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.decant.file.AtomicFile;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Kills real processes with SIGKILL and goes on: what comes out must be what an undisturbed run makes, to the bit. */
@Tag("slow")
class KillTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int FEW = 8;

    @TempDir
    static Path shared;

    private static Path undisturbed = Path.of("");

    @BeforeAll
    static void runsUndisturbed() throws IOException, InterruptedException {
        undisturbed = shared.resolve("undisturbed");
        assertThat(start(undisturbed).waitFor()).isZero();
    }

    /** A line of {@link TinyRun} and how long after it, in milliseconds, the process dies. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "teacher teacher 1 step 5:0", // while the teacher learns, before any checkpoint
                "teacher teacher 1 ended:0", // between two trainings
                "distill control 1 step 11:0", // in the middle of an epoch
                "distill student 1 step 8:1", // about when scores are taken
                "distill student 1 scored 16:1", // about when the checkpoint is written
                "distill student 2 step 24:20", // the last step of all
            })
    void killedOnce(String moment) throws IOException, InterruptedException {
        Path run = shared.resolve(moment.replace(' ', '-').replace(':', '-'));
        String line = moment.substring(0, moment.indexOf(':'));
        long delay = Long.parseLong(moment.substring(moment.indexOf(':') + 1));
        Process process = start(run);
        try (BufferedReader said = process.inputReader(StandardCharsets.UTF_8)) {
            assertThat(said.lines().anyMatch(line::equals))
                    .as("the process comes to: " + line)
                    .isTrue();
            Thread.sleep(delay);
            kill(process);
        }
        assertThat(start(run).waitFor()).isZero();
        assertSameAsUndisturbed(run);
    }

    /** The process is asked to end, as a host is that shuts down: it does, without a crash. */
    @Test
    void terminated() throws IOException, InterruptedException {
        Path run = shared.resolve("terminated");
        Process process = start(run);
        try (BufferedReader said = process.inputReader(StandardCharsets.UTF_8)) {
            assertThat(said.lines().anyMatch("distill student 1 step 11"::equals))
                    .isTrue();
            process.destroy();
            assertThat(process.waitFor()).isEqualTo(143);
        }
        assertThat(start(run).waitFor()).isZero();
        assertSameAsUndisturbed(run);
    }

    /** Dies whenever a file is seen half written, then goes on; what is seen depends on timing, the outcome must not. */
    @Test
    void killedWhileWriting() throws IOException, InterruptedException {
        Path run = shared.resolve("writing");
        int kills = 0;
        Process process = start(run);
        while (process.isAlive()) {
            if (kills < FEW && isWriting(run)) {
                kill(process);
                kills++;
                process = start(run);
                Thread.sleep(700); // or it would never get further than the first file
            }
        }
        assertThat(process.exitValue()).isZero();
        assertThat(kills).isPositive();
        assertSameAsUndisturbed(run);
    }

    /** Dies a little later each time, wherever that is. */
    @Test
    void killedAgainAndAgain() throws IOException, InterruptedException {
        Path run = shared.resolve("again");
        for (int i = 0; i < FEW; i++) {
            Process process = start(run);
            try (BufferedReader said = process.inputReader(StandardCharsets.UTF_8)) {
                if (said.readLine() != null) { // the first step
                    Thread.sleep(37L * i);
                    kill(process);
                }
            }
        }
        assertThat(start(run).waitFor()).isZero();
        assertSameAsUndisturbed(run);
    }

    private static void kill(Process process) throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    private static Process start(Path run) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-Djava.awt.headless=true",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                TinyRun.class.getName(),
                run.toString(),
                "data.train=256",
                "stages.distill.epochs=3",
                "stages.distill.ema=0.9",
                "stages.distill.save=best"));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("OMP_NUM_THREADS", "1");
        Files.createDirectories(run);
        Path log = run.resolveSibling(run.getFileName() + ".log");
        return builder.redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
    }

    private static boolean isWriting(Path run) {
        return files(run).stream().anyMatch(AtomicFile::isTemporary);
    }

    private static List<Path> files(Path run) {
        try (Stream<Path> all = Files.walk(run)) {
            return all.toList();
        } catch (IOException | UncheckedIOException e) {
            return List.of(); // changed under our eyes
        }
    }

    private static void assertSameAsUndisturbed(Path run) throws IOException {
        assertThat(run.resolve("model/model.safetensors"))
                .hasSameBinaryContentAs(undisturbed.resolve("model/model.safetensors"));
        assertThat(run.resolve("teachers/teacher/model.safetensors"))
                .hasSameBinaryContentAs(undisturbed.resolve("teachers/teacher/model.safetensors"));
        assertThat(metrics(run)).isEqualTo(metrics(undisturbed));
        assertThat(summary(run)).isEqualTo(summary(undisturbed));
        assertThat(run.resolve("report.html")).exists();
        assertThat(files(run))
                .noneMatch(f -> f.toString().endsWith(".tmp") || f.toString().contains(".new."));
    }

    /** The lines, none of them torn, apart from what is measured in time. */
    private static List<JsonNode> metrics(Path run) throws IOException {
        String text = Files.readString(run.resolve("metrics.jsonl"));
        assertThat(text).endsWith("\n");
        List<JsonNode> lines = new ArrayList<>();
        for (String line : text.lines().toList()) {
            lines.add(JSON.readTree(line));
        }
        lines.forEach(l -> l.findParents("data_share").forEach(p -> ((ObjectNode) p).remove("data_share")));
        return lines;
    }

    private static JsonNode summary(Path run) throws IOException {
        JsonNode summary = JSON.readTree(Files.readString(run.resolve("summary.json")));
        for (String timed : List.of("seconds", "latency", "latency_ms", "waiting for data")) {
            summary.findParents(timed).forEach(p -> ((ObjectNode) p).remove(timed));
        }
        return summary;
    }
}
