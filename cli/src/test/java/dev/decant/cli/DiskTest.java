package dev.decant.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Disks that are full or may not be written to; needs the right to mount one, and is skipped by name without it. */
@Tag("slow")
class DiskTest {

    private static final String RECIPE =
            """
            data: {type: shapes, size: 16, train: 64, test: 16, labels: color, workers: 1}
            student: {model: resnet20_cifar, config: {img_size: 16, blocks: 1, channels: [16, 32, 32]}}
            stages:
              - finetune: {epochs: 3, batch-size: 16, optimizer: {type: sgd}}
            precision: fp32
            """;

    @TempDir
    Path folder;

    private Path disk = Path.of("");

    private void mount(String options) throws IOException, InterruptedException {
        disk = Files.createDirectories(folder.resolve("disk"));
        assumeTrue(call("mount", "-t", "tmpfs", "-o", options, "tmpfs", disk.toString()) == 0, "cannot mount a disk");
    }

    private static int call(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command).start().waitFor();
        } catch (IOException e) {
            return -1; // no such program
        }
    }

    @AfterEach
    void unmounts() throws InterruptedException {
        call("umount", "--lazy", disk.toString()); // a mapped file keeps the disk busy until the next collection
    }

    private CommandLineRun run(String... more) throws IOException {
        Path recipe = Files.writeString(folder.resolve("recipe.yaml"), RECIPE);
        return CommandLineRun.of(Stream.concat(
                        Stream.of(
                                "run",
                                recipe.toString(),
                                "--out",
                                disk.resolve("run").toString()),
                        Stream.of(more))
                .toArray(String[]::new));
    }

    /** At every size of disk: nothing half written, what was there stays whole, and with more room the run goes on. */
    @Test
    void aFullDiskStopsTheRunAndLosesNothing() throws IOException, InterruptedException {
        mount("size=16k");
        int code = 1;
        int stops = 0;
        for (int kilobytes = 16; code != 0 && kilobytes < 16_000; kilobytes = kilobytes * 3 / 2) {
            assertThat(call("mount", "-o", "remount,size=" + kilobytes + "k", disk.toString()))
                    .isZero();
            CommandLineRun run = run("--resume");
            code = run.code();
            if (code != 0) {
                run.isRefused(1, "cannot write", disk.toString(), "No space left on device");
                assertThat(files()).noneMatch(f -> f.toString().endsWith(".tmp"));
                stops++;
            }
        }
        assertThat(code).isZero();
        assertThat(stops).isGreaterThan(3);
        assertThat(Files.readAllLines(disk.resolve("run/metrics.jsonl"))).doesNotHaveDuplicates();
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(disk)) {
            return all.toList();
        }
    }

    @Test
    void aDiskThatMayNotBeWritten() throws IOException, InterruptedException {
        mount("size=1m,ro");
        run().isRefused(1, "cannot make the run folder " + disk.resolve("run"), "Read-only file system");
    }
}
