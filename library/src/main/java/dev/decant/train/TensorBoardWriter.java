package dev.decant.train;

import dev.decant.file.FileException;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Writes scalars as TensorBoard event files, one folder per training:
 * {@code <folder>/<stage>/<run>-seed<seed>/events.out.tfevents.*}. Values appear as {@code train/<name>}, terms of the
 * loss as {@code loss/<name>}, scores as {@code eval/<name>}. Not safe for use by several threads.
 */
public final class TensorBoardWriter implements Closeable {

    private final Path folder;
    private final Map<RunKey, FileChannel> channels = new LinkedHashMap<>();

    private TensorBoardWriter(Path folder) {
        this.folder = folder;
    }

    /** A writer below {@code folder}, usually {@code tensorboard} in a run folder; files appear as they are needed. */
    public static TensorBoardWriter open(Path folder) {
        return new TensorBoardWriter(folder);
    }

    /** Appends the numbers of one log entry. */
    public void append(LogEntry entry) {
        append(entry, System.currentTimeMillis() / 1000.0);
    }

    void append(LogEntry entry, double wallTime) {
        ByteArrayOutputStream summary = new ByteArrayOutputStream();
        entry.values().forEach((name, value) -> EventProto.scalar(summary, "train/" + name, value));
        entry.terms().forEach((name, value) -> EventProto.scalar(summary, "loss/" + name, value));
        entry.metrics().forEach((name, value) -> EventProto.scalar(summary, "eval/" + name, value));
        try {
            write(channel(entry.key()), EventProto.summaryEvent(wallTime, entry.step(), summary.toByteArray()));
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /**
     * Tells TensorBoard that {@code key} continues after {@code step}: it then leaves out what earlier files of that
     * training hold beyond the step. Call before the first {@link #append} of a resumed training.
     */
    public void rewind(RunKey key, long step) {
        try {
            write(channel(key), EventProto.startEvent(System.currentTimeMillis() / 1000.0, step + 1));
        } catch (IOException e) {
            throw failed(e);
        }
    }

    @Override
    public void close() {
        try {
            for (FileChannel channel : channels.values()) {
                channel.close();
            }
            channels.clear();
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private FileChannel channel(RunKey key) throws IOException {
        FileChannel open = channels.get(key);
        if (open != null) {
            return open;
        }
        Path runs = folder.resolve(fileName(key.stage())).resolve(fileName(key.run()) + "-seed" + key.seed());
        Files.createDirectories(runs);
        double now = System.currentTimeMillis() / 1000.0;
        // TensorBoard reads the files of a folder in the order of their names.
        String name = String.format(Locale.ROOT, "events.out.tfevents.%010d.decant.%04d", (long) now, count(runs));
        FileChannel created =
                FileChannel.open(runs.resolve(name), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        channels.put(key, created);
        write(created, EventProto.versionEvent(now));
        return created;
    }

    private static long count(Path runs) throws IOException {
        try (Stream<Path> files = Files.list(runs)) {
            return files.count();
        }
    }

    private static String fileName(String name) {
        return name.replaceAll("[^A-Za-z0-9_.-]", "_");
    }

    /** TFRecord framing: length, its checksum, the data, its checksum; little-endian. */
    private static void write(FileChannel channel, byte[] event) throws IOException {
        ByteBuffer record = ByteBuffer.allocate(event.length + 16).order(ByteOrder.LITTLE_ENDIAN);
        record.putLong(event.length);
        record.putInt(EventProto.maskedCrc(record.array(), 0, 8));
        record.put(event);
        record.putInt(EventProto.maskedCrc(event, 0, event.length));
        record.flip();
        while (record.hasRemaining()) {
            channel.write(record);
        }
    }

    private UncheckedIOException failed(IOException e) {
        return new UncheckedIOException("cannot write " + folder + ": " + FileException.reason(e), e);
    }
}
