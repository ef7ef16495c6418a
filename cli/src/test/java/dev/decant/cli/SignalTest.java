package dev.decant.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Signals a real process in the middle of steps that take seconds; the run goes on afterwards. */
@Tag("slow")
@EnabledOnOs(OS.LINUX)
class SignalTest {

    private static final String RECIPE =
            """
            data: {type: shapes, labels: color, train: 512, test: 32}
            teacher:
              model: resnet18
              config: {img_size: 64}
              train: {epochs: 2, batch-size: 512, eval-batch-size: 32, optimizer: {type: sgd, lr: 0.01}}
            student: {model: resnet20_cifar, config: {img_size: 64}}
            stages:
              - evaluate: {}
            precision: fp32
            """;

    @TempDir
    Path folder;

    @Test
    void signalledThreeTimesInAStepThenResumed() throws IOException, InterruptedException {
        Files.writeString(folder.resolve("recipe.yaml"), RECIPE);
        assertThat(signalled("TERM", 300)).isEqualTo(143);
        assertThat(signalled("INT", 900)).isEqualTo(130);
        assertThat(signalled("TERM", 1700)).isEqualTo(143);
        assertThat(start().waitFor()).isZero();
        assertThat(folder.resolve("run/summary.json")).exists();
    }

    /** Signals the process that long after its training began. */
    private int signalled(String signal, long delayMs) throws IOException, InterruptedException {
        Process process = start();
        while (!said().contains("teacher teacher seed 1: ")) {
            assertThat(process.isAlive()).as(said()).isTrue();
            Thread.sleep(20);
        }
        Thread.sleep(delayMs);
        int said = said().length();
        new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                .start()
                .waitFor();
        assertThat(process.waitFor(5, TimeUnit.SECONDS)).as("ends in time").isTrue();
        assertThat(said().substring(said).lines().toList())
                .singleElement()
                .asString()
                .startsWith("decant: ")
                .contains("stopped", "--resume");
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).noneMatch(f -> f.getFileName().toString().startsWith("hs_err"));
        }
        return process.exitValue();
    }

    private String said() throws IOException {
        return Files.readString(folder.resolve("err"));
    }

    private Process start() throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-Djava.awt.headless=true",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                Main.class.getName(),
                "run",
                "recipe.yaml",
                "--out",
                "run",
                "--resume"));
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().put("OMP_NUM_THREADS", "1");
        Files.write(folder.resolve("err"), new byte[0]);
        return builder.redirectError(folder.resolve("err").toFile())
                .redirectOutput(folder.resolve("out").toFile())
                .start();
    }
}
