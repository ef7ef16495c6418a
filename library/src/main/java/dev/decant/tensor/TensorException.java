package dev.decant.tensor;

import dev.decant.DecantException;

/** A tensor operation that cannot be done: one line that says which, and why. */
final class TensorException extends DecantException {

    public TensorException(String message) {
        super(message);
    }

    public TensorException(String message, Throwable cause) {
        super(message, cause);
    }
}
