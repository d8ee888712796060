package dev.panacea.runtime.simulator;

import dev.panacea.runtime.cuda.CudaError;
import dev.panacea.runtime.cuda.CudaException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;

/** Host memory that callers take and give back as if it were page-locked. */
final class PinnedMemory {
    private static final int PAGE = 4096;

    private final Map<Long, Arena> arenas = new HashMap<>();

    MemorySegment allocate(long bytes) {
        if (bytes <= 0) {
            throw new CudaException("cuMemHostAlloc", CudaError.INVALID_VALUE, bytes + " bytes");
        }
        Arena arena = Arena.ofShared();
        MemorySegment segment = arena.allocate(bytes, PAGE);
        arenas.put(segment.address(), arena);
        return segment;
    }

    void free(MemorySegment segment) {
        Arena arena = arenas.remove(segment.address());
        if (arena == null) {
            throw new CudaException("cuMemFreeHost", CudaError.INVALID_VALUE, segment + " is not pinned memory");
        }
        arena.close();
    }
}
