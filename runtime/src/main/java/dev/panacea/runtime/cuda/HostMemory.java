package dev.panacea.runtime.cuda;

import java.lang.foreign.MemorySegment;

/** Addresses of host memory that a copy may use after the call has returned. */
public final class HostMemory {
    private HostMemory() { }

    /** @throws IllegalArgumentException for a heap segment; IllegalStateException when it was freed */
    public static long readable(MemorySegment segment) {
        if (!segment.isNative()) {
            throw new IllegalArgumentException("a copy between host and device needs native memory, which the collector does not move");
        }
        if (!segment.scope().isAlive()) {
            throw new IllegalStateException("host memory is copied after it was freed");
        }
        return segment.address();
    }

    /** @throws IllegalArgumentException for a heap or read-only segment; IllegalStateException when it was freed */
    public static long writable(MemorySegment segment) {
        if (segment.isReadOnly()) {
            throw new IllegalArgumentException("a copy cannot fill read-only memory");
        }
        return readable(segment);
    }
}
