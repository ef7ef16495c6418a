package dev.decant.file;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * Writes a file whole or not at all: into a temporary file of the same folder, flushed to the disk, then renamed. What
 * stood
 * there before stays until the last moment.
 */
public final class AtomicFile {

    private static final int CHUNK = 1 << 20;

    private AtomicFile() {}

    /** Writes the content of the new file. */
    @FunctionalInterface
    public interface Content {
        void writeTo(FileChannel channel) throws IOException;
    }

    /**
     * @throws UncheckedIOException naming the file and the reason (disk full, no permission, no such folder); no
     * temporary
     *     file is left and an older file keeps its content
     */
    public static void write(Path target, Content content) {
        Path absolute = target.toAbsolutePath();
        Path temporary = absolute.resolveSibling("." + absolute.getFileName() + "." + UUID.randomUUID() + ".tmp");
        try {
            try (FileChannel channel =
                    FileChannel.open(temporary, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
                content.writeTo(channel);
                channel.force(true);
            }
            rename(temporary, absolute);
            flushFolder(absolute.resolveSibling("."));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + target + ": " + FileException.reason(e), e);
        } finally {
            removeQuietly(temporary);
        }
    }

    /** Is it what a process that was killed while writing leaves behind? */
    public static boolean isTemporary(Path file) {
        return String.valueOf(file.getFileName()).matches("\\..+\\.[0-9a-f-]{36}\\.tmp");
    }

    public static void write(Path target, byte[] content) {
        write(target, channel -> writeFully(channel, ByteBuffer.wrap(content)));
    }

    /**
     * Writes all remaining bytes, in pieces: the JDK keeps a native copy of the largest heap buffer it was ever given.
     */
    public static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
        ByteBuffer rest = bytes.duplicate();
        while (rest.hasRemaining()) {
            ByteBuffer piece = rest.slice(rest.position(), Math.min(CHUNK, rest.remaining()));
            int written = channel.write(piece);
            rest.position(rest.position() + written);
        }
    }

    private static void rename(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** Makes the rename itself durable; platforms that cannot open a folder go without. */
    @SuppressWarnings("EmptyCatch")
    static void flushFolder(Path folder) {
        try (FileChannel channel = FileChannel.open(folder)) {
            channel.force(true);
        } catch (IOException e) {
            // The content is safe already.
        }
    }

    @SuppressWarnings("EmptyCatch")
    private static void removeQuietly(Path temporary) {
        try {
            Files.deleteIfExists(temporary);
        } catch (IOException e) {
            // The first failure is the one to report.
        }
    }
}
