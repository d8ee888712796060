package dev.panacea.runtime;

/**
 * One stretch of a segment of device memory, between its neighbours. A segment is a list of extents without gaps; two free ones are
 * never neighbours, as they would have been joined.
 */
final class Extent {
    private final long address;
    private final Tier tier;
    private long bytes;
    private Extent before;
    private Extent after;
    private boolean free = true;

    /** A whole free segment. */
    Extent(Tier tier, long address, long bytes) {
        this.tier = tier;
        this.address = address;
        this.bytes = bytes;
    }

    long address() {
        return address;
    }

    long bytes() {
        return bytes;
    }

    Tier tier() {
        return tier;
    }

    boolean isFree() {
        return free;
    }

    void setFree(boolean isFree) {
        free = isFree;
    }

    boolean isWholeSegment() {
        return before == null && after == null;
    }

    /** The free neighbour below; null when there is none. */
    Extent freeBefore() {
        return before != null && before.free ? before : null;
    }

    Extent freeAfter() {
        return after != null && after.free ? after : null;
    }

    /** Keeps the first {@code size} bytes; the rest becomes a free extent, which is returned. */
    Extent split(long size) {
        Extent rest = new Extent(tier, address + size, bytes - size);
        rest.before = this;
        rest.after = after;
        if (after != null) {
            after.before = rest;
        }
        after = rest;
        bytes = size;
        return rest;
    }

    /** Takes in the neighbour above, which then no longer exists. */
    void joinAfter() {
        bytes += after.bytes;
        after = after.after;
        if (after != null) {
            after.before = this;
        }
    }
}
