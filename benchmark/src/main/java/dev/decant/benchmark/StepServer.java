package dev.decant.benchmark;

import dev.decant.tensor.Engine;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Decant's side: runs one step per request. The protocol is that of {@code step.py --serve}.
 *
 * <p>After the warm-up it writes a line of JSON with {@code ready}. It then answers each line {@code step} with milliseconds, {@code
 * peak} with the peak resident memory in MiB, {@code now} with the current resident memory, {@code loss} with the last loss.
 */
@Command(name = "step-server", mixinStandardHelpOptions = true)
final class StepServer implements Runnable {

    @Option(names = "--work", required = true, description = "a, b, c, d, e, vit, bert or tiny")
    private String work = "a";

    @Option(names = "--precision", description = "fp32, bf16, or auto: what the engine takes by itself")
    private String precision = "fp32";

    @Option(names = "--warmup", description = "steps before it is ready")
    private int warmup = 3;

    private StepServer() {}

    public static void main(String[] args) {
        Engine.tuneProcess();
        System.exit(new CommandLine(new StepServer()).execute(args));
    }

    @Override
    public void run() {
        boolean bf16 = precision.equals("auto") ? Engine.bf16IsFast() : precision.equals("bf16");
        Stepper stepper = new Stepper(Work.of(work), bf16);
        double loss = Double.NaN;
        for (int i = 0; i < warmup; i++) {
            loss = stepper.run();
        }
        System.out.printf(
                Locale.ROOT,
                "{\"work\": \"%s\", \"precision\": \"%s\", \"student_parameters\": %d, \"branch_parameters\": %d, \"ready\": true}%n",
                work,
                bf16 ? "bf16" : "fp32",
                stepper.studentParameters(),
                stepper.branchParameters());
        try (var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                switch (line.strip()) {
                    case "step" -> {
                        long start = System.nanoTime();
                        loss = stepper.run();
                        System.out.printf(Locale.ROOT, "%.3f%n", (System.nanoTime() - start) / 1e6);
                    }
                    case "peak" -> System.out.printf(Locale.ROOT, "%.1f%n", mebibytes("VmHWM"));
                    case "now" -> System.out.printf(Locale.ROOT, "%.1f%n", mebibytes("VmRSS"));
                    case "loss" -> System.out.println(loss);
                    default -> throw new IllegalArgumentException("expected step, peak, now or loss, got " + line);
                }
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** A field of {@code /proc/self/status}, given in kB. */
    static double mebibytes(String key) throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith(key + ":"))
                .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) / 1024)
                .findFirst()
                .orElseThrow();
    }
}
