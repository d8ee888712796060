package dev.panacea.runtime;

/** Where buffers live and kernels run. */
public sealed interface Device extends AutoCloseable permits HostDevice, CudaDevice {

    /** For messages: {@code host}, {@code cuda:0} or {@code simulator}. */
    String name();

    /** Opens a scope without a limit. */
    default MemoryScope openScope(String name) {
        return openScope(name, Long.MAX_VALUE);
    }

    /** Opens a scope that holds at most {@code limitBytes}, its children counted in. */
    MemoryScope openScope(String name, long limitBytes);

    /** Row-major matrix products on this device. */
    Blas blas();

    /** How much of its memory is held, was held, is reserved, and how it is cut up. */
    MemoryUse memoryUse();

    /** Bytes that all open scopes hold now. */
    default long heldBytes() {
        return memoryUse().held();
    }

    /** Most bytes ever held at once since the last {@link #resetPeak()}. */
    default long peakBytes() {
        return memoryUse().peak();
    }

    /** Bytes taken from the driver or operating system: held, kept for reuse, and rounding. */
    default long reservedBytes() {
        return memoryUse().reserved();
    }

    void resetPeak();

    /**
     * Gives all cached memory back.
     *
     * @throws IllegalStateException naming every scope still open, with its bytes
     */
    @Override
    void close();
}
