package dev.panacea.runtime.simulator.execution;

import dev.panacea.runtime.cuda.CudaError;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/**
 * The global memory of a simulated GPU. Every allocation has a guard gap behind it and no address is used twice, so that an overrun or
 * a stale pointer never finds somebody else's data.
 */
public final class DeviceMemory {
    private static final long FIRST = 0x7f00_0000_0000L;
    private static final long ALIGNMENT = 256;
    private static final long GAP = 1 << 20;
    private static final int REMEMBERED = 1024;

    /** The first {@code bytes} of global memory that a freed allocation had. */
    private record Freed(long base, long length) { }

    private final long total;
    private final Deque<Freed> freed = new ArrayDeque<>();
    private volatile Region[] regions = {};
    private long next = FIRST;
    private long used;

    public DeviceMemory(long total) {
        this.total = total;
    }

    public long total() {
        return total;
    }

    public synchronized long free() {
        return total - used;
    }

    /** @throws Fault when there is not so much left */
    public synchronized long allocate(long bytes) {
        if (bytes > total - used) {
            throw new Fault(CudaError.OUT_OF_MEMORY, bytes + " bytes asked, " + (total - used) + " of " + total + " free");
        }
        Region region;
        try {
            region = new Region(next, bytes);
        } catch (OutOfMemoryError | IllegalArgumentException exhausted) {
            throw new Fault(CudaError.OUT_OF_MEMORY, bytes + " bytes asked, and this machine cannot back them: " + exhausted.getMessage());
        }
        used += bytes;
        next = Math.ceilDiv(next + bytes + GAP, ALIGNMENT) * ALIGNMENT;
        Region[] longer = Arrays.copyOf(regions, regions.length + 1);
        longer[regions.length] = region;
        regions = longer;
        return region.base;
    }

    /** Gives an allocation back and returns its bytes. @throws Fault when {@code address} begins none */
    public synchronized long release(long address) {
        int index = indexOf(address);
        if (index < 0 || regions[index].base != address) {
            throw new Fault(CudaError.INVALID_VALUE, describe(address) + " is not the beginning of an allocation");
        }
        Region region = regions[index];
        Region[] shorter = new Region[regions.length - 1];
        System.arraycopy(regions, 0, shorter, 0, index);
        System.arraycopy(regions, index + 1, shorter, index, shorter.length - index);
        regions = shorter;
        used -= region.length;
        freed.addLast(new Freed(region.base, region.length));
        if (freed.size() > REMEMBERED) {
            freed.removeFirst();
        }
        region.free();
        return region.length;
    }

    /** The host memory behind {@code bytes} bytes at {@code address}. @throws Fault when they are not all in one allocation */
    public MemorySegment segment(long address, long bytes) {
        Region region = find(address, bytes);
        if (region == null) {
            throw new Fault(CudaError.INVALID_VALUE, bytes + " bytes at " + describe(address));
        }
        return region.segment.asSlice(address - region.base, bytes);
    }

    /** The region that holds {@code bytes} at {@code address}; null when none does. */
    Region find(long address, long bytes) {
        Region[] snapshot = regions;
        int index = indexOf(snapshot, address);
        return index >= 0 && snapshot[index].holds(address, bytes) ? snapshot[index] : null;
    }

    private int indexOf(long address) {
        return indexOf(regions, address);
    }

    /** The last region that begins at or before {@code address}; -1 when none does. */
    private static int indexOf(Region[] regions, long address) {
        int low = 0;
        int high = regions.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (regions[middle].base <= address) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low - 1;
    }

    /** An address and where it lies, for messages. */
    public synchronized String describe(long address) {
        String text = "0x" + Long.toHexString(address);
        if (address >= 0 && address < ALIGNMENT * 16) {
            return text + ", a null pointer";
        }
        for (Freed past : freed) {
            if (address >= past.base && address - past.base < past.length) {
                return text + ", inside the freed " + past.length + "-byte allocation at 0x" + Long.toHexString(past.base);
            }
        }
        int index = indexOf(address);
        return text + nearest(address, index >= 0 ? regions[index] : null, index + 1 < regions.length ? regions[index + 1] : null);
    }

    private static String nearest(long address, Region before, Region after) {
        if (before == null && after == null) {
            return ", and nothing is allocated";
        }
        if (before != null && address - before.base < before.length) {
            return ", " + (address - before.base) + " bytes into " + name(before);
        }
        if (after == null || before != null && address - before.base - before.length < after.base - address) {
            return ", " + (address - before.base - before.length) + " bytes past the end of " + name(before);
        }
        return ", " + (after.base - address) + " bytes before " + name(after);
    }

    private static String name(Region region) {
        return "the " + region.length + "-byte allocation at 0x" + Long.toHexString(region.base);
    }
}
