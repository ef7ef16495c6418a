package dev.decant.weights;

import dev.decant.UserException;
import dev.decant.file.FileException;
import java.io.IOException;
import java.nio.file.Path;

/** A weight file cannot be read or does not fit; the message is one line and begins with the file. */
public final class WeightsException extends UserException {

    private static final long serialVersionUID = 1L;

    public WeightsException(String message) {
        super(message);
    }

    public WeightsException(String message, Throwable cause) {
        super(message, cause);
    }

    public static WeightsException in(Path file, String what) {
        return new WeightsException(file + ": " + what);
    }

    public static WeightsException unreadable(Path file, IOException cause) {
        return new WeightsException(file + ": " + FileException.reason(cause), cause);
    }
}
