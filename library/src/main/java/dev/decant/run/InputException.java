package dev.decant.run;

/** Something the user gave cannot be used; the message says what, and what to do. The command line ends with code 2. */
public final class InputException extends RuntimeException {

    public InputException(String message) {
        super(message);
    }
}
