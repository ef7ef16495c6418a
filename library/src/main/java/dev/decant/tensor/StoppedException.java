package dev.decant.tensor;

import dev.decant.DecantException;

/** The thread was interrupted, so its work on tensors ends here. The thread stays interrupted. */
public final class StoppedException extends DecantException {

    private static final long serialVersionUID = 1L;

    public StoppedException(String message) {
        super(message);
    }

    public StoppedException(String message, Throwable cause) {
        super(message, cause);
    }
}
