package dev.panacea.runtime.simulator.checks;

import java.util.Arrays;

/**
 * The accesses of a stretch of memory that a later one may race with. Memory is kept in granules of 16 bytes until a narrower
 * access comes, then in smaller ones, so neighbours in a word are never taken for each other. A granule remembers three accesses: its
 * last plain write, and of those since then that nothing orders such of different warps or blocks. No race of plain accesses
 * between full barriers is lost by that; one may be where named barriers order a write after just those that were kept, or many
 * strong accesses meet.
 */
final class AccessHistory {
    private static final int SLOTS = 3;
    private static final int UNDECIDED = -2;

    /** Whoever accesses: knows what is ordered before it, and is told of races. */
    interface Accessor {
        int block();

        /** Whether {@code earlier}, an access of {@code earlierBlock}, is ordered before what {@code thread} does now. */
        boolean follows(int earlierBlock, long earlier, int thread);

        /** @param address of the access within this memory */
        void raced(long address, int earlierBlock, long earlier, long now);
    }

    private final long base;
    private final int bytes;
    private int shift = 4;
    private long[] stamps;
    private int[] blocks;

    // The first earlier access that the present one races with; stamp 0 while there is none.
    private long rival;
    private int rivalBlock;

    /** @param base address of the first byte, for messages */
    AccessHistory(long base, int bytes) {
        this.base = base;
        this.bytes = bytes;
        stamps = new long[SLOTS * Math.ceilDiv(bytes, 1 << shift)];
        blocks = new int[stamps.length];
    }

    /** Judges an access of {@code size} bytes and remembers it; one that leaves this memory is left to the bounds check. */
    void access(long address, int size, long stamp, Accessor accessor) {
        long offset = address - base;
        if (offset < 0 || offset > bytes - size) {
            return;
        }
        refine((int) offset, size);
        rival = 0;
        int last = (int) (offset + size - 1) >>> shift;
        for (int granule = (int) offset >>> shift; granule <= last; granule++) {
            visit(SLOTS * granule, stamp, accessor);
        }
        if (rival != 0) {
            accessor.raced(address, rivalBlock, rival, stamp);
        }
    }

    /** Turns a cp.async under way into a write that has happened. */
    void land(int address, int size, long underWay, long landed) {
        long offset = address - base;
        if (offset < 0 || offset > bytes - size) {
            return;
        }
        refine((int) offset, size);
        int end = SLOTS * (((int) offset + size - 1 >>> shift) + 1);
        for (int slot = SLOTS * ((int) offset >>> shift); slot < end; slot++) {
            if (stamps[slot] == underWay) {
                stamps[slot] = landed;
            }
        }
    }

    private void visit(int first, long stamp, Accessor accessor) {
        int free = -1;
        int past = -1;
        for (int slot = first; slot < first + SLOTS; slot++) {
            long earlier = stamps[slot];
            if (earlier == 0) {
                free = slot;
            } else if (!accessor.follows(blocks[slot], earlier, Stamp.thread(stamp))) {
                judge(slot, stamp);
            } else if (Stamp.covers(stamp, earlier)) {
                stamps[slot] = 0;
                free = slot;
            } else if (!isIndispensable(first, slot, stamp)) {
                past = slot;
            }
        }
        if (isPlainWrite(stamp)) {
            Arrays.fill(stamps, first, first + SLOTS, 0);
            free = first;
        }
        int slot = free >= 0 ? free : past >= 0 ? past : leastWanted(first, stamp, accessor.block());
        if (slot >= 0) {
            stamps[slot] = stamp;
            blocks[slot] = accessor.block();
        }
    }

    private void judge(int slot, long stamp) {
        if (rival == 0 && Stamp.conflict(stamps[slot], stamp)) {
            rival = stamps[slot];
            rivalBlock = blocks[slot];
        }
    }

    /** The slot to give up for an access that none makes room for, or -1 to forget that access. */
    private int leastWanted(int first, long stamp, int block) {
        int alike = twin(first, stamp, block, true);
        return alike != UNDECIDED ? alike : Math.max(-1, twin(first, stamp, block, false));
    }

    // Of those kept, one whose warp (or, regardless of warps, block) another one has as well; -1 if the new access is such itself.
    private int twin(int first, long stamp, int block, boolean byWarp) {
        int warp = Stamp.thread(stamp) / Lanes.WARP;
        int victim = UNDECIDED;
        for (int slot = first; slot < first + SLOTS; slot++) {
            if (isIndispensable(first, slot, stamp)) {
                continue;
            }
            int itsWarp = Stamp.thread(stamps[slot]) / Lanes.WARP;
            if (blocks[slot] == block && (!byWarp || itsWarp == warp)) {
                return -1;
            }
            for (int other = first; other < slot; other++) {
                boolean sameWarp = !byWarp || itsWarp == Stamp.thread(stamps[other]) / Lanes.WARP;
                victim = blocks[slot] == blocks[other] && sameWarp ? slot : victim;
            }
        }
        return victim;
    }

    /** Whether {@code stamp} must not take the place of this access: of a plain write never, nor a read that of the only write. */
    private boolean isIndispensable(int first, int slot, long stamp) {
        boolean only = Stamp.writes(stamps[slot]) && !Stamp.writes(stamp);
        for (int other = first; only && other < first + SLOTS; other++) {
            only = other == slot || !Stamp.writes(stamps[other]);
        }
        return only || isPlainWrite(stamps[slot]);
    }

    private static boolean isPlainWrite(long stamp) {
        return Stamp.writes(stamp) && !Stamp.strong(stamp);
    }

    private void refine(int offset, int size) {
        int wanted = Integer.numberOfTrailingZeros(offset | size);
        if (wanted < shift) {
            int parts = 1 << shift - wanted;
            long[] fineStamps = new long[stamps.length * parts];
            int[] fineBlocks = new int[fineStamps.length];
            for (int slot = 0; slot < fineStamps.length; slot++) {
                int from = slot / SLOTS / parts * SLOTS + slot % SLOTS;
                fineStamps[slot] = stamps[from];
                fineBlocks[slot] = blocks[from];
            }
            stamps = fineStamps;
            blocks = fineBlocks;
            shift = wanted;
        }
    }
}
