package dev.decant;

/**
 * What the user can mend: a recipe, a file, a model that does not fit, an option. The message names the thing as it was typed, what was
 * expected, what was found and what to do. The command line ends with exit code 2.
 */
public abstract class UserException extends DecantException {

    private static final long serialVersionUID = 1L;

    protected UserException(String message) {
        super(message);
    }

    protected UserException(String message, Throwable cause) {
        super(message, cause);
    }
}
