package dev.decant.benchmark;

import dev.decant.tensor.Engine;
import java.io.IOException;
import java.util.Locale;

/** Prints resident memory while a tiny workload runs for many steps; it shows a leak of one tensor per step. */
final class MemoryOverTime {

    private static final int LINES = 10;

    private MemoryOverTime() {}

    public static void main(String[] args) throws IOException {
        Engine.tuneProcess();
        int steps = Integer.parseInt(args[0]);
        Stepper stepper = new Stepper(Work.TINY, false);
        System.out.println("| steps | resident MiB |\n|---|---|");
        for (int i = 1; i <= steps; i++) {
            stepper.run();
            if (i % Math.max(1, steps / LINES) == 0) {
                System.out.printf(Locale.ROOT, "| %d | %.0f |%n", i, StepServer.mebibytes("VmRSS"));
            }
        }
    }
}
