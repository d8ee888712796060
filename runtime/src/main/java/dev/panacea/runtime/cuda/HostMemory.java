package dev.panacea.runtime.cuda;

import java.lang.foreign.MemorySegment;

/** Addresses of host memory that a copy may use after the call has returned. */
final class HostMemory {
    private HostMemory() { }

    static long readable(MemorySegment segment) {
        if (!segment.isNative()) {
            throw new IllegalArgumentException("a copy between host and device needs native memory, which the collector does not move");
        }
        if (!segment.scope().isAlive()) {
            throw new IllegalStateException("host memory is copied after it was freed");
        }
        return segment.address();
    }

    static long writable(MemorySegment segment) {
        if (segment.isReadOnly()) {
            throw new IllegalArgumentException("a copy cannot fill read-only memory");
        }
        return readable(segment);
    }
}
