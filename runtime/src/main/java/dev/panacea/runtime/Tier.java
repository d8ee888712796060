package dev.panacea.runtime;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/**
 * Device memory for requests of similar size, so that a small long-lived piece never keeps a large segment from being whole again.
 * Takes the smallest free extent that is large enough, cuts off what is not needed, and joins neighbours when they come back.
 */
final class Tier {
    private static final long MIB = 1 << 20;

    private final long most;
    private final long granule;
    private final long segment;
    private final boolean cuts;
    private final TreeSet<Extent> free =
        new TreeSet<>(Comparator.comparingLong(Extent::bytes).thenComparingLong(Extent::address));

    private Tier(long most, long granule, long segment, boolean cuts) {
        this.most = most;
        this.granule = granule;
        this.segment = segment;
        this.cuts = cuts;
    }

    /**
     * Requests up to 1 MiB from segments of 2 MiB, up to 10 MiB from segments of 20 MiB, and larger ones from segments of their own in
     * steps of 2 MiB, which is how finely the driver maps memory. Rounding costs under 512 bytes, under 64 KiB and under 2 MiB.
     */
    static List<Tier> all() {
        return List.of(new Tier(MIB, 512, 2 * MIB, true), new Tier(10 * MIB, MIB / 16, 20 * MIB, true),
            new Tier(Long.MAX_VALUE, 2 * MIB, 0, true));
    }

    /** Every request from a segment of its own size, which serves no other. */
    static List<Tier> exact() {
        return List.of(new Tier(Long.MAX_VALUE, 1, 0, false));
    }

    boolean serves(long bytes) {
        return bytes <= most;
    }

    /** What an extent for {@code bytes} measures. */
    long rounded(long bytes) {
        return Math.ceilDiv(Math.max(bytes, 1), granule) * granule;
    }

    /** Bytes to ask the driver for, so that an extent of {@code size} can be taken. */
    long segmentFor(long size) {
        return Math.max(size, segment);
    }

    void addSegment(long address, long bytes) {
        free.add(new Extent(this, address, bytes));
    }

    /** An extent of {@code size} bytes; null when no free one serves. */
    Extent take(long size) {
        Extent smallest = free.ceiling(new Extent(this, 0, size));
        if (smallest == null || !cuts && smallest.bytes() > size) {
            return null;
        }
        free.remove(smallest);
        if (smallest.bytes() > size) {
            free.add(smallest.split(size));
        }
        smallest.setFree(false);
        return smallest;
    }

    void give(Extent extent) {
        extent.setFree(true);
        Extent whole = extent;
        if (extent.freeAfter() != null) {
            free.remove(extent.freeAfter());
            extent.joinAfter();
        }
        if (extent.freeBefore() != null) {
            whole = extent.freeBefore();
            free.remove(whole);
            whole.joinAfter();
        }
        free.add(whole);
    }

    /** Removes the segments of which nothing is in use, for the driver to have back. */
    List<Extent> removeWholeSegments() {
        List<Extent> whole = new ArrayList<>(free.stream().filter(Extent::isWholeSegment).toList());
        whole.forEach(free::remove);
        return whole;
    }

    long freeBytes() {
        return free.stream().mapToLong(Extent::bytes).sum();
    }

    long largestFreeBytes() {
        return free.isEmpty() ? 0 : free.last().bytes();
    }
}
