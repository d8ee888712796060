package dev.panacea.runtime;

/**
 * Something the user gave (a file, a key, a shape, an option) cannot be used.
 * The message is one sentence: what is wrong, where, what to do. The command line exits with 2.
 */
public final class BadInputException extends RuntimeException {
    public BadInputException(String message) {
        super(message);
    }

    public BadInputException(String message, Throwable cause) {
        super(message, cause);
    }
}
