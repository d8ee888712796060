package dev.panacea.runtime;

import java.lang.foreign.MemorySegment;

/**
 * Host memory that a device copies from and to by itself while the host goes on: page-locked beside a CUDA device, plain on the host,
 * where a copy is done when the call returns.
 */
public sealed interface TransferArea extends AutoCloseable permits HostTransferArea, PinnedTransferArea {

    static TransferArea beside(Device device) {
        return switch (device) {
            case HostDevice host -> new HostTransferArea();
            case CudaDevice cuda -> new PinnedTransferArea(cuda);
        };
    }

    /** @param bytes at least 1; contents are arbitrary */
    MemorySegment allocate(long bytes);

    /** Fills a buffer of as many bytes in the order of the compute stream; {@code from} stays as it is until {@link #await} returned. */
    void upload(MemorySegment from, Buffer to);

    /** Fills {@code to}, of as many bytes, with what the compute stream leaves in a buffer; it is there when {@link #await} returned. */
    void download(Buffer from, MemorySegment to);

    /** Waits until the copies given so far are done, and with them all work that was given before. */
    void await();

    /** Waits as {@link #await} does and gives the memory back. Closing twice is harmless. */
    @Override
    void close();
}
