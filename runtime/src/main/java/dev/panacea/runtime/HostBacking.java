package dev.panacea.runtime;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * Memory of the operating system. Blocks are kept and handed out again by size class, eight classes an octave, so at most an eighth
 * of a block is unused; they are never split, as virtual memory already joins what lies apart.
 */
final class HostBacking implements Backing {
    private static final int ALIGNMENT = 64;
    private static final long SMALLEST = 256;

    private final Map<Long, Deque<HostBlock>> kept = new HashMap<>();
    private long reserved;
    private long free;

    /** A block of one size class with the arena that frees it. */
    final class HostBlock implements Block {
        private final MemorySegment segment;
        private final Arena arena;

        private HostBlock(MemorySegment segment, Arena arena) {
            this.segment = segment;
            this.arena = arena;
        }

        @Override
        public HostBuffer view(MemoryScope.Allocation owner, DType dtype, long count) {
            return new HostBuffer(owner, dtype, count, segment.asSlice(0, count * dtype.bytes()));
        }

        @Override
        public void giveBack() {
            poison(segment);
            kept.computeIfAbsent(segment.byteSize(), size -> new ArrayDeque<>()).push(this);
            free += segment.byteSize();
        }
    }

    @Override
    public Block take(long bytes, boolean lasting) {
        long size = sizeClass(bytes);
        Deque<HostBlock> blocks = kept.get(size);
        if (blocks != null && !blocks.isEmpty()) {
            free -= size;
            return blocks.pop();
        }
        HostBlock block = reserve(size);
        if (block == null) {
            trim();
            block = reserve(size);
        }
        return block;
    }

    private HostBlock reserve(long size) {
        Arena arena = Arena.ofShared();
        try {
            MemorySegment segment = arena.allocate(size, ALIGNMENT);
            reserved += size;
            poison(segment);
            return new HostBlock(segment, arena);
        } catch (OutOfMemoryError e) {
            arena.close();
            return null;
        }
    }

    // Memory that nobody has written reads as NaN, or as -1.
    private static void poison(MemorySegment segment) {
        if (MemoryDebug.ON) {
            segment.fill(MemoryDebug.POISON);
        }
    }

    /** Smallest size class that holds {@code bytes}: eight steps between powers of two. */
    static long sizeClass(long bytes) {
        if (bytes <= SMALLEST) {
            return SMALLEST;
        }
        long step = Math.max(SMALLEST, Long.highestOneBit(bytes - 1) >>> 3);
        return Math.ceilDiv(bytes, step) * step;
    }

    @Override
    public void trim() {
        kept.values().forEach(blocks -> blocks.forEach(block -> block.arena.close()));
        kept.clear();
        reserved -= free;
        free = 0;
    }

    @Override
    public long reservedBytes() {
        return reserved;
    }

    @Override
    public long freeBytes() {
        return free;
    }

    @Override
    public long largestFreeBytes() {
        return kept.entrySet().stream().filter(entry -> !entry.getValue().isEmpty()).mapToLong(Map.Entry::getKey).max().orElse(0);
    }

    @Override
    public String room() {
        return "";
    }
}
