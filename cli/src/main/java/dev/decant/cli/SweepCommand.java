package dev.decant.cli;

import dev.decant.run.Sweep;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code decant sweep}. */
@Command(name = "sweep", description = "Runs many variants of one recipe; continues where it stopped; one table.")
final class SweepCommand implements Callable<Integer> {

    @Parameters(paramLabel = "FILE", description = "The sweep, a YAML file.")
    private Path file = Path.of("sweep.yaml");

    @Option(names = "--out", paramLabel = "DIR", description = "Folder of the runs; the sweep's own unless set.")
    private @Nullable Path out;

    @Option(names = "--set", paramLabel = "a.b=c", description = "Replaces a value in every run's recipe.")
    private java.util.List<String> sets = new java.util.ArrayList<>();

    @Option(names = "--table", description = "Only prints the table of what is done.")
    private boolean tableOnly;

    @Override
    public Integer call() {
        try (ConsoleProgress progress = new ConsoleProgress()) {
            System.out.print(Sweep.run(file, java.util.Optional.ofNullable(out), sets, tableOnly, progress));
        }
        return 0;
    }
}
