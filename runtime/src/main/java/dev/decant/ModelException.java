package dev.decant;

/** A model that cannot be built, loaded, pruned, quantized, taught, scored or studied as asked: what does not fit, and what would. */
public final class ModelException extends UserException {

    private static final long serialVersionUID = 1L;

    public ModelException(String message) {
        super(message);
    }
}
