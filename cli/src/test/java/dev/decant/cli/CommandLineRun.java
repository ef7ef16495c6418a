package dev.decant.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.IntSupplier;

/** What a command line ended with. */
record CommandLineRun(int code, String out, String err) {

    static CommandLineRun of(String... args) {
        return of(() -> Main.run(args));
    }

    static CommandLineRun of(IntSupplier command) {
        PrintStream realOut = System.out;
        PrintStream realErr = System.err;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        try (PrintStream o = new PrintStream(out, true, StandardCharsets.UTF_8);
                PrintStream e = new PrintStream(err, true, StandardCharsets.UTF_8)) {
            System.setOut(o);
            System.setErr(e);
            int code = command.getAsInt();
            return new CommandLineRun(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(realOut);
            System.setErr(realErr);
        }
    }

    /** One message of one line that begins with the program's name, nothing on stdout, no stack trace. */
    CommandLineRun isRefused(int expectedCode, String... fragments) {
        assertThat(err).as("stderr").contains(fragments).doesNotContain("\tat ", "Exception");
        List<String> lines = err.lines().filter(l -> l.startsWith("decant: ")).toList();
        assertThat(lines).as(err).hasSize(1);
        assertThat(err.stripTrailing()).endsWith(lines.get(0));
        assertThat(lines.get(0)).contains(fragments);
        assertThat(out).isEmpty();
        assertThat(code).isEqualTo(expectedCode);
        return this;
    }
}
