package dev.decant.modelio;

/** A model from elsewhere that cannot be read, found or taken over; the message is one line and begins with its name. */
final class ImportException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public ImportException(String message) {
        super(message);
    }

    public ImportException(String message, Throwable cause) {
        super(message, cause);
    }
}
