package dev.decant;

/** Data that cannot be used: one line that names the file or folder, what was expected and what was found. */
public final class DataException extends UserException {

    public DataException(String message) {
        super(message);
    }

    public DataException(String message, Throwable cause) {
        super(message, cause);
    }
}
