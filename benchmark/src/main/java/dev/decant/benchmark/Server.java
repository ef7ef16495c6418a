package dev.decant.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A process that runs a step when asked to; it has warmed up when the constructor returns. */
final class Server implements AutoCloseable {

    private final Process process;
    private final BufferedReader answers;
    private final PrintWriter orders;
    private final JsonNode about;

    Server(List<String> command) {
        try {
            process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            orders = new PrintWriter(process.outputWriter(StandardCharsets.UTF_8), true);
            about = new ObjectMapper().readTree(line());
        } catch (IOException e) {
            throw new UncheckedIOException(String.join(" ", command) + ": " + e.getMessage(), e);
        }
    }

    /** What it said of itself. */
    JsonNode about() {
        return about;
    }

    double ask(String order) {
        orders.println(order);
        try {
            return Double.parseDouble(line());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String line() throws IOException {
        String line = answers.readLine();
        if (line == null) {
            throw new IOException("a step server ended before it answered");
        }
        return line;
    }

    @Override
    public void close() {
        orders.close();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
