package dev.decant.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.decant.file.AtomicFile;
import dev.decant.file.FileException;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Appends to {@code metrics.jsonl}, one JSON object per line. Every line reaches the operating system before
 * {@link #append} returns, so a killed process loses none; {@link #sync} puts them on the disk as well.
 * Not safe for use by several threads.
 */
public final class MetricsLog implements Closeable {

    private static final JsonMapper JSON = new JsonMapper();

    private final Path file;
    private FileChannel channel;

    private MetricsLog(Path file) throws IOException {
        this.file = file;
        this.channel = openAtEnd(file);
    }

    /**
     * Opens the log for appending and creates it where it is missing. A last line without its line break, as a crash
     * of the machine can leave it, is cut off.
     */
    public static MetricsLog open(Path file) {
        try {
            Files.createDirectories(file.toAbsolutePath().resolveSibling(""));
            return new MetricsLog(file);
        } catch (IOException e) {
            throw failed(file, e);
        }
    }

    /** Appends one line. */
    public void append(LogEntry entry) {
        ByteBuffer line = StandardCharsets.UTF_8.encode(entry.toJson() + "\n");
        try {
            while (line.hasRemaining()) {
                channel.write(line);
            }
        } catch (IOException e) {
            throw failed(file, e);
        }
    }

    /**
     * Drops what {@code key} logged after {@code step}, so that a training resumed at {@code step} writes no line
     * twice. Lines of other trainings stay. Pass -1 for a training that starts again from nothing.
     */
    public void rewind(RunKey key, long step) {
        try {
            List<String> lines = Files.readAllLines(file);
            String kept = lines.stream()
                    .filter(line -> !isAfter(line, key, step))
                    .map(line -> line + "\n")
                    .collect(Collectors.joining());
            channel.close();
            AtomicFile.write(file, kept.getBytes(StandardCharsets.UTF_8));
            channel = openAtEnd(file);
        } catch (IOException e) {
            throw failed(file, e);
        }
    }

    /** Waits until the lines are on the disk; a checkpoint that continues from here calls this first. */
    public void sync() {
        try {
            channel.force(false);
        } catch (IOException e) {
            throw failed(file, e);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw failed(file, e);
        }
    }

    private static boolean isAfter(String line, RunKey key, long step) {
        try {
            JsonNode node = JSON.readTree(line);
            return node.path("stage").asText().equals(key.stage())
                    && node.path("run").asText().equals(key.run())
                    && node.path("seed").asLong() == key.seed()
                    && node.path("step").asLong() > step;
        } catch (JsonProcessingException e) {
            return false; // not a line of ours: leave it alone
        }
    }

    private static FileChannel openAtEnd(Path file) throws IOException {
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        channel.truncate(endOfLastLine(channel));
        channel.position(channel.size());
        return channel;
    }

    private static long endOfLastLine(FileChannel channel) throws IOException {
        ByteBuffer one = ByteBuffer.allocate(1);
        for (long end = channel.size(); end > 0; end--) {
            channel.read(one.clear(), end - 1);
            if (one.get(0) == '\n') {
                return end;
            }
        }
        return 0;
    }

    private static UncheckedIOException failed(Path file, IOException e) {
        return new UncheckedIOException("cannot write " + file + ": " + FileException.reason(e), e);
    }
}
