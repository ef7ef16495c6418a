package dev.decant.train;

import dev.decant.DecantException;

/** The loss is no longer a number: says at which step and in which term, and which checkpoint is still good. */
public final class DivergedException extends DecantException {

    public DivergedException(String message) {
        super(message);
    }
}
