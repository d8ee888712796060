package dev.panacea.runtime;

/** A scope's limit or the device's memory does not hold what was asked for. */
public final class OutOfDeviceMemoryException extends RuntimeException {
    OutOfDeviceMemoryException(String what, long bytes, MemoryScope scope) {
        super("'" + what + "' asks for " + bytes + " bytes, but scope '" + scope.name() + "' holds " + scope.heldBytes()
            + " of its limit of " + scope.limitBytes() + " bytes; use a smaller token budget or checkpointing. It holds:\n"
            + scope.report());
    }

    /**
     * @param room what the system still has; empty where it does not say
     * @param holders the open scopes, a line each
     */
    OutOfDeviceMemoryException(String what, long bytes, Device device, MemoryUse use, String room, String holders) {
        super("'" + what + "' asks for " + bytes + " bytes, which " + device.name() + " cannot give: " + use
            + (room.isEmpty() ? "" : "; " + room) + "; use a smaller token budget or checkpointing. Held by:\n" + holders);
    }
}
