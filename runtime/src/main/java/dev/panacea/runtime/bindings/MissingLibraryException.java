package dev.panacea.runtime.bindings;

/** A shared library, or a function of one, that this machine does not have; the message lists what was tried and what to install. */
public final class MissingLibraryException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MissingLibraryException(String message) {
        super(message);
    }
}
