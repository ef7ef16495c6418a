package dev.decant.cli;

import dev.decant.DecantException;
import dev.decant.UserException;
import dev.decant.tensor.StopAtShutdown;
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

    private static final String ABANDONED =
            "decant: stopped in the middle of a step; a run goes on from its last checkpoint with --resume";

    private Main() {}

    public static void main(String[] args) {
        int code;
        try (StopAtShutdown guard = StopAtShutdown.open(() -> System.err.println(ABANDONED))) {
            code = run(args);
        }
        System.exit(code); // waits for a shutdown that a signal began, and whose exit code holds
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
        boolean isInput = e instanceof UserException || e instanceof IllegalArgumentException;
        boolean isKnown = isInput || e instanceof DecantException || e instanceof UncheckedIOException;
        System.err.println("decant: " + (isKnown ? e.getMessage() : "unexpected failure: " + e));
        if (!isKnown) {
            System.err.println("decant: this is a mistake in Decant; run again with DECANT_LOG=debug for the details");
        }
        return isInput ? BAD_INPUT : FAILED;
    }
}
