package dev.decant;

/** Something the user gave cannot be used; the message says what, and what to do. The command line ends with code 2. */
public final class InputException extends UserException {

    public InputException(String message) {
        super(message);
    }
}
