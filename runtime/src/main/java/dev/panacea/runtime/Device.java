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

    /** Bytes that all open scopes hold now. */
    long heldBytes();

    /** Most bytes ever held at once since the last {@link #resetPeak()}. */
    long peakBytes();

    void resetPeak();

    /** All of it at once, with what is reserved and how it is cut up. */
    MemoryUse memoryUse();

    /**
     * Gives all cached memory back.
     *
     * @throws IllegalStateException naming every scope still open, with its bytes
     */
    @Override
    void close();
}
