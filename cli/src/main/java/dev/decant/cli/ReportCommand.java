package dev.decant.cli;

import dev.decant.InputException;
import dev.decant.report.Report;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code decant report}. */
@Command(name = "report", description = "Writes a run's report.html anew.")
final class ReportCommand implements Callable<Integer> {

    @Parameters(paramLabel = "RUN", description = "A run folder.")
    private Path run = Path.of(".");

    @Override
    public Integer call() {
        if (!Files.exists(run.resolve("recipe.resolved.yaml"))) {
            throw new InputException(run + ": not a run folder (no recipe.resolved.yaml)");
        }
        System.out.println(Report.write(run));
        return 0;
    }
}
