package dev.decant.train;

/** The loss is no longer a number: says at which step and in which term, and which checkpoint is still good. */
public final class DivergedException extends RuntimeException {

    public DivergedException(String message) {
        super(message);
    }
}
