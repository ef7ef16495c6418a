package dev.decant.stage;

import dev.decant.InputException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** Keeps a second process out of a run folder; the system gives the lock back when the process ends, however it ends. */
public final class RunLock implements AutoCloseable {

    static final String FILE = ".lock";

    private final FileChannel channel;

    private RunLock(FileChannel channel) {
        this.channel = channel;
    }

    public static RunLock hold(Path folder) throws IOException {
        FileChannel channel =
                FileChannel.open(folder.resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (!isOurs(channel)) {
            channel.close();
            throw new InputException(folder + ": another process is at work on this run");
        }
        return new RunLock(channel);
    }

    private static boolean isOurs(FileChannel channel) {
        try {
            @Nullable FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false;
        } catch (IOException e) {
            return true; // a file system without locks goes without
        }
    }

    @Override
    @SuppressWarnings("EmptyCatch")
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // The lock ends with the process at the latest.
        }
    }
}
