package dev.decant.export;

import dev.decant.DecantException;

/** A network, or a file, that cannot be exported or run, in one line. */
public final class ExportException extends DecantException {

    private static final long serialVersionUID = 1;

    public ExportException(String message) {
        super(message);
    }

    public ExportException(String message, Throwable cause) {
        super(message, cause);
    }
}
