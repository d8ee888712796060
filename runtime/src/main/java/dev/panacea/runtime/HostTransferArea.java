package dev.panacea.runtime;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Plain memory beside buffers on the host. */
final class HostTransferArea implements TransferArea {
    private static final int ALIGNMENT = 64;

    private final Arena arena = Arena.ofShared();

    @Override
    public MemorySegment allocate(long bytes) {
        return arena.allocate(bytes, ALIGNMENT);
    }

    @Override
    public void upload(MemorySegment from, Buffer to) {
        HostBuffer.segment(to).copyFrom(from);
    }

    @Override
    public void download(Buffer from, MemorySegment to) {
        to.copyFrom(HostBuffer.segment(from));
    }

    @Override
    public void await() { }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
