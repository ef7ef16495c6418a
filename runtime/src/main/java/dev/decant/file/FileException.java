package dev.decant.file;

import dev.decant.UserException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** A file cannot be read; the message is one line and begins with the file. */
public final class FileException extends UserException {

    private static final long serialVersionUID = 1L;

    private FileException(String message) {
        super(message);
    }

    private FileException(String message, Throwable cause) {
        super(message, cause);
    }

    static FileException in(Path file, String what) {
        return new FileException(file + ": " + what);
    }

    static FileException unreadable(Path file, IOException cause) {
        return new FileException(file + ": " + reason(cause), cause);
    }

    /** What the system said, in words: several of its exceptions carry only a path as their message. */
    public static String reason(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "does not exist";
        }
        if (e instanceof AccessDeniedException) {
            return "no permission";
        }
        if (e instanceof FileAlreadyExistsException || e instanceof DirectoryNotEmptyException) {
            return "something else is in its place";
        }
        String message = String.valueOf(e.getMessage());
        return message.lines().findFirst().orElse(e.getClass().getSimpleName());
    }
}
