package dev.decant.tensor;

/** A tensor operation that cannot be done: one line that says which, and why. */
public final class TensorException extends RuntimeException {

    public TensorException(String message) {
        super(message);
    }

    public TensorException(String message, Throwable cause) {
        super(message, cause);
    }
}
