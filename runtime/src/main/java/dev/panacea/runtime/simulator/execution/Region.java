package dev.panacea.runtime.simulator.execution;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** A stretch of simulated memory: addresses from {@code base} on, backed by host memory. */
final class Region {
    private static final byte POISON = (byte) 0xFF;

    final long base;
    final long length;
    final MemorySegment segment;
    private final Arena arena;
    private boolean live = true;

    Region(long base, long length) {
        this.base = base;
        this.length = length;
        arena = Arena.ofShared();
        segment = arena.allocate(Math.max(length, 1), Long.BYTES).asSlice(0, length);
        poison();
    }

    void poison() {
        segment.fill(POISON);
    }

    /** Whether {@code bytes} at {@code address} lie inside. */
    boolean holds(long address, long bytes) {
        long offset = address - base;
        return offset >= 0 && offset <= length - bytes;
    }

    boolean live() {
        return live;
    }

    void free() {
        live = false;
        arena.close();
    }
}
