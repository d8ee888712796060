package dev.panacea.runtime;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * The caching pool behind a device's scopes: blocks come back here and are handed out again by size class, eight classes an
 * octave, so at most an eighth of a block is unused. All methods run under this object's lock.
 */
final class DevicePool {

    /** A block of one size class with the arena that frees it. */
    record Block(MemorySegment segment, Arena arena) { }

    private static final int ALIGNMENT = 64;
    private static final long SMALLEST = 256;

    private final Device device;
    private final Map<Long, Deque<Block>> cached = new HashMap<>();
    private final Set<MemoryScope> roots = new LinkedHashSet<>();
    private long held;
    private long peak;
    private long reserved;
    private boolean closed;

    DevicePool(Device device) {
        this.device = device;
    }

    Device device() {
        return device;
    }

    synchronized MemoryScope open(String name, long limit) {
        if (closed) {
            throw new IllegalStateException("device " + device.name() + " is closed");
        }
        MemoryScope scope = new MemoryScope(this, null, name, limit);
        roots.add(scope);
        return scope;
    }

    void closed(MemoryScope root) {
        roots.remove(root);
    }

    Block take(long bytes) {
        long size = sizeClass(bytes);
        Deque<Block> blocks = cached.get(size);
        if (blocks != null && !blocks.isEmpty()) {
            return blocks.pop();
        }
        try {
            return reserve(size);
        } catch (OutOfMemoryError e) {
            trim();
        }
        try {
            return reserve(size);
        } catch (OutOfMemoryError e) {
            throw new OutOfDeviceMemoryException(bytes, held, e);
        }
    }

    private Block reserve(long size) {
        Arena arena = Arena.ofShared();
        try {
            Block block = new Block(arena.allocate(size, ALIGNMENT), arena);
            reserved += size;
            assert poison(block);
            return block;
        } catch (OutOfMemoryError e) {
            arena.close();
            throw e;
        }
    }

    void give(Block block) {
        assert poison(block);
        cached.computeIfAbsent(block.segment().byteSize(), size -> new ArrayDeque<>()).push(block);
    }

    HostBuffer view(MemoryScope.Allocation owner, Block block, DType dtype, long count) {
        return new HostBuffer(owner, dtype, count, block.segment().asSlice(0, count * dtype.bytes()));
    }

    void count(long bytes) {
        held += bytes;
        peak = Math.max(peak, held);
    }

    synchronized long heldBytes() {
        return held;
    }

    synchronized long peakBytes() {
        return peak;
    }

    /** Bytes taken from the operating system: what is held, what is cached, and rounding. */
    synchronized long reservedBytes() {
        return reserved;
    }

    synchronized void resetPeak() {
        peak = held;
    }

    /** Smallest size class that holds {@code bytes}: eight steps between powers of two. */
    static long sizeClass(long bytes) {
        if (bytes <= SMALLEST) {
            return SMALLEST;
        }
        long step = Math.max(SMALLEST, Long.highestOneBit(bytes - 1) >>> 3);
        return Math.ceilDiv(bytes, step) * step;
    }

    synchronized void close() {
        if (!roots.isEmpty()) {
            StringBuilder leaks = new StringBuilder("device " + device.name() + " closes while memory scopes are open:");
            roots.forEach(scope -> leaks.append('\n').append(scope.report()));
            throw new IllegalStateException(leaks.toString());
        }
        trim();
        closed = true;
    }

    /** Gives all cached blocks back to the operating system. */
    private void trim() {
        for (Deque<Block> blocks : cached.values()) {
            for (Block block : blocks) {
                reserved -= block.segment().byteSize();
                block.arena().close();
            }
        }
        cached.clear();
    }

    // With assertions on, memory that nobody has written reads as NaN, or as -1.
    private static boolean poison(Block block) {
        block.segment().fill((byte) 0xFF);
        return true;
    }
}
