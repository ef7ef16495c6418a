package dev.decant.cli;

import dev.decant.DecantException;
import dev.decant.UserException;
import dev.decant.tensor.Engine;
import dev.decant.tensor.StopAtShutdown;
import java.io.UncheckedIOException;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** Entry of the command line: results on stdout, progress and messages on stderr. */
@Command(
        name = "decant",
        description = "Makes big models small: distill a teacher into a student of any architecture.",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT, // every command has --help
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
            DoctorCommand.class,
            HelpCommand.class,
            CompletionCommand.class
        })
public final class Main {

    static final int FAILED = 1;
    static final int BAD_INPUT = 2;
    static final int REQUIRE_MISSED = 3;

    private static final String ABANDONED =
            "decant: stopped in the middle of a step; a run goes on from its last checkpoint with --resume";

    @Option(names = "--verbose", scope = ScopeType.INHERIT, description = "Shows the stack trace of a failure.")
    private boolean verbose;

    Main() {}

    public static void main(String[] args) {
        int code;
        try (StopAtShutdown guard = StopAtShutdown.open(() -> System.err.println(ABANDONED))) {
            code = run(args);
        }
        System.exit(code); // waits for a shutdown that a signal began, and whose exit code holds
    }

    /** Runs a command line and returns its exit code: 0 done, 1 failed, 2 bad input, 3 a requirement missed. */
    static int run(String... args) {
        Engine.tuneProcess();
        Main main = new Main();
        try {
            return main.commandLine().execute(args);
        } catch (OutOfMemoryError e) {
            System.err.println("decant: out of memory: " + e.getMessage()
                    + "; a smaller batch-size needs less, and DECANT_HEAP=6g gives Java more than its "
                    + (Runtime.getRuntime().maxMemory() >> 20) + " MB");
            return FAILED;
        } catch (LinkageError | AssertionError | StackOverflowError e) {
            return main.explain(e);
        }
    }

    /** All commands, as they are typed. */
    CommandLine commandLine() {
        return new CommandLine(this)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((e, line, result) -> explain(e));
    }

    private int explain(Throwable e) {
        return fail(e, verbose);
    }

    /** One line on stderr for any failure; the stack trace is for {@code --verbose}, and for the log. */
    static int fail(Throwable e, boolean verbose) {
        LoggerFactory.getLogger(Main.class).debug("failed", e);
        boolean isKnown = e instanceof DecantException || e instanceof UncheckedIOException;
        System.err.println("decant: "
                + (isKnown
                        ? e.getMessage()
                        : "unexpected failure: " + e + "; this is a mistake in Decant, --verbose shows where"));
        if (verbose) {
            e.printStackTrace();
        }
        return e instanceof UserException ? BAD_INPUT : FAILED;
    }
}
