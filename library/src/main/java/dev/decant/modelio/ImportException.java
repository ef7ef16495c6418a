package dev.decant.modelio;

import dev.decant.UserException;

/** A model from elsewhere that cannot be read, found or taken over; the message is one line and begins with its name. */
final class ImportException extends UserException {

    private static final long serialVersionUID = 1L;

    ImportException(String message) {
        super(message);
    }

    ImportException(String message, Throwable cause) {
        super(message, cause);
    }
}
