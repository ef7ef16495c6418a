package dev.decant.file;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file seen through the page cache, read-only and little-endian; files beyond 2 GiB are mapped slice by slice. */
public final class MappedFile {

    /** A mapping costs more than reading so few bytes, and lives until the garbage collector comes by. */
    private static final int SMALL = 1 << 16;

    private final Path path;
    private final long size;
    private final ByteBuffer whole;

    private MappedFile(Path path, long size, ByteBuffer whole) {
        this.path = path;
        this.size = size;
        this.whole = whole;
    }

    public static MappedFile open(Path path) {
        if (Files.isDirectory(path)) {
            throw FileException.in(path, "is a folder, expected a file");
        }
        if (Files.exists(path) && !Files.isRegularFile(path)) {
            throw FileException.in(path, "is not a regular file");
        }
        try (FileChannel channel = FileChannel.open(path)) {
            long size = channel.size();
            return new MappedFile(path, size, map(channel, 0, Math.min(size, Integer.MAX_VALUE)));
        } catch (IOException e) {
            throw FileException.unreadable(path, e);
        }
    }

    public Path path() {
        return path;
    }

    public long size() {
        return size;
    }

    /** The first 2 GiB of the file, or all of a shorter one. */
    public ByteBuffer head() {
        return whole.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    public Region region(long start, long length) {
        if (start < 0 || length < 0 || start > size - length) {
            throw FileException.in(
                    path, "bytes " + start + " to " + (start + length) + " are beyond its end at " + size);
        }
        return new Region(this, start, length);
    }

    private ByteBuffer slice(long start, long length) {
        if (length > Integer.MAX_VALUE) {
            throw FileException.in(path, "holds one piece of " + length + " bytes; at most 2 GiB each are read");
        }
        if (start + length <= whole.capacity()) {
            return whole.slice((int) start, (int) length).order(ByteOrder.LITTLE_ENDIAN);
        }
        try (FileChannel channel = FileChannel.open(path)) {
            return map(channel, start, length);
        } catch (IOException e) {
            throw FileException.unreadable(path, e);
        }
    }

    private static ByteBuffer map(FileChannel channel, long start, long length) throws IOException {
        if (length <= SMALL) {
            return read(channel, start, (int) length).order(ByteOrder.LITTLE_ENDIAN);
        }
        MappedByteBuffer mapped = channel.map(FileChannel.MapMode.READ_ONLY, start, length);
        return mapped.order(ByteOrder.LITTLE_ENDIAN);
    }

    private static ByteBuffer read(FileChannel channel, long start, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, start + bytes.position()) < 0) {
                throw new EOFException("became shorter while it was read");
            }
        }
        return bytes.flip().asReadOnlyBuffer();
    }

    /** A checked stretch of the file. */
    public record Region(MappedFile file, long start, long length) {

        public ByteBuffer slice(long offset, long bytes) {
            if (offset < 0 || bytes < 0 || offset > length - bytes) {
                throw FileException.in(
                        file.path, "needs bytes " + offset + " to " + (offset + bytes) + " of a piece of " + length);
            }
            return file.slice(start + offset, bytes);
        }

        public ByteBuffer all() {
            return slice(0, length);
        }
    }
}
