package dev.decant.cli;

import dev.decant.data.DataException;
import dev.decant.export.ExportException;
import dev.decant.modelio.ImportException;
import dev.decant.recipe.RecipeException;
import dev.decant.run.InputException;
import dev.decant.tensor.TensorException;
import dev.decant.train.DivergedException;
import dev.decant.weights.WeightsException;
import java.io.UncheckedIOException;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Entry of the command line: results on stdout, progress and messages on stderr. */
@Command(
        name = "decant",
        description = "Makes big models small: distill a teacher into a student of any architecture.",
        mixinStandardHelpOptions = true,
        version = "decant 0.1.0",
        subcommands = {
            RunCommand.class,
            SweepCommand.class,
            RecipeCommand.class,
            InspectCommand.class,
            EvalCommand.class,
            ImportCommand.class,
            ExportCommand.class,
            BenchCommand.class,
            AnalyzeCommand.class,
            ReportCommand.class,
            DoctorCommand.class
        })
public final class Main {

    static final int FAILED = 1;
    static final int BAD_INPUT = 2;
    static final int REQUIRE_MISSED = 3;

    private Main() {}

    public static void main(String[] args) {
        System.exit(run(args));
    }

    /** Runs a command line and returns its exit code: 0 done, 1 failed, 2 bad input, 3 a requirement missed. */
    static int run(String... args) {
        try {
            return new CommandLine(new Main())
                    .setCaseInsensitiveEnumValuesAllowed(true)
                    .setExecutionExceptionHandler((e, line, result) -> explain(e))
                    .execute(args);
        } catch (OutOfMemoryError e) {
            System.err.println("decant: out of memory: " + e.getMessage()
                    + "; a smaller batch-size needs less, and DECANT_HEAP=6g gives Java more than its "
                    + (Runtime.getRuntime().maxMemory() >> 20) + " MB");
            return FAILED;
        } catch (LinkageError | AssertionError | StackOverflowError e) {
            return explain(e);
        }
    }

    private static int explain(Throwable e) {
        LoggerFactory.getLogger(Main.class).debug("failed", e);
        boolean isInput = e instanceof RecipeException
                || e instanceof InputException
                || e instanceof WeightsException
                || e instanceof ImportException
                || e instanceof DataException
                || e instanceof IllegalArgumentException;
        boolean isKnown = isInput
                || e instanceof DivergedException
                || e instanceof ExportException
                || e instanceof TensorException
                || e instanceof UncheckedIOException;
        System.err.println("decant: " + (isKnown ? e.getMessage() : "unexpected failure: " + e));
        if (!isKnown) {
            System.err.println("decant: this is a mistake in Decant; run again with DECANT_LOG=debug for the details");
        }
        return isInput ? BAD_INPUT : FAILED;
    }
}
