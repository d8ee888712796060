package dev.panacea.runtime;

/** A scope's limit or the device's memory does not hold what was asked for. */
public final class OutOfDeviceMemoryException extends RuntimeException {
    OutOfDeviceMemoryException(String what, long bytes, MemoryScope scope) {
        super("'" + what + "' asks for " + bytes + " bytes, but scope '" + scope.name() + "' holds " + scope.heldBytes()
            + " of its limit of " + scope.limitBytes() + " bytes; use a smaller token budget or checkpointing. It holds:\n"
            + scope.report());
    }

    OutOfDeviceMemoryException(long bytes, long held, Throwable cause) {
        super("the device cannot give " + bytes + " more bytes beside the " + held + " it holds; use a smaller token budget", cause);
    }
}
