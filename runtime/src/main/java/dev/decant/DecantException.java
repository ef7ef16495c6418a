package dev.decant;

/** Root of the exceptions that Decant throws on purpose; the message is one line. */
public abstract class DecantException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    protected DecantException(String message) {
        super(message);
    }

    protected DecantException(String message, Throwable cause) {
        super(message, cause);
    }
}
