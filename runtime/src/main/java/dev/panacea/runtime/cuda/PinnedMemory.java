package dev.panacea.runtime.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * Page-locked host memory, which a device copies from and to by itself while the host goes on. Like an {@link Arena}, it owns its
 * segments: they are given back together, and use after that throws. Copies from and to them must be done before.
 */
public final class PinnedMemory implements AutoCloseable {
    private static final NavigableMap<Long, Long> ENDS = new ConcurrentSkipListMap<>();

    private final PrimaryContext context;
    private final Arena arena = Arena.ofShared();
    private final List<MemorySegment> raw = new ArrayList<>();

    public PinnedMemory(PrimaryContext context) {
        this.context = context;
    }

    /** Whether {@code segment} lies in page-locked memory of this process. */
    public static boolean holds(MemorySegment segment) {
        if (!segment.isNative()) {
            return false;
        }
        Map.Entry<Long, Long> below = ENDS.floorEntry(segment.address());
        return below != null && segment.address() + segment.byteSize() <= below.getValue();
    }

    /** @param bytes at least 1; contents are arbitrary */
    public synchronized MemorySegment allocate(long bytes) {
        if (!arena.scope().isAlive()) {
            throw new IllegalStateException("this pinned memory is closed");
        }
        MemorySegment segment = context.driver().allocatePinned(bytes);
        raw.add(segment);
        ENDS.put(segment.address(), segment.address() + bytes);
        return segment.reinterpret(arena, null);
    }

    /** Gives all segments back. Closing twice is harmless. */
    @Override
    public synchronized void close() {
        if (!arena.scope().isAlive()) {
            return;
        }
        arena.close();
        CudaDriver driver = context.driver();
        for (MemorySegment segment : raw) {
            ENDS.remove(segment.address());
            driver.freePinned(segment);
        }
    }
}
