package dev.panacea.runtime.simulator.observation;

/**
 * What one running block tells counters and checkers, called by the one thread that runs the block, before the effect of each
 * instruction. A set of lanes is a 32-bit mask, lane 0 the lowest bit; {@code warp} counts from 0 within the block; arrays hold one
 * entry a lane, are meaningful only where the mask is set, and belong to the caller. Addresses in shared memory are offsets from the
 * block's shared base.
 */
public interface BlockObserver {

    /** A warp executes one instruction with these lanes (guard predicate already applied). */
    void executed(Site site, int warp, int lanes);

    /** A branch sent some lanes one way and some the other. */
    void diverged(Site site, int warp, int taken, int fellThrough);

    /**
     * A load, store or atomic.
     *
     * @param bytes each lane touches at its address (vector forms: all elements; ldmatrix: 16-byte rows of the lanes that give addresses)
     */
    void accessed(Site site, int warp, MemorySpace space, AccessKind kind, long[] addresses, int lanes, int bytes);

    /**
     * cp.async: bytes are read from global memory at once and land in shared memory at some time until they are waited for.
     *
     * @param copyBytes written to shared memory
     * @param sourceBytes read; the rest up to {@code copyBytes} is zeros
     */
    void asyncCopyStarted(Site site, int warp, long[] shared, long[] global, int lanes, int copyBytes, int[] sourceBytes);

    /** cp.async.commit_group. */
    void asyncGroupCommitted(Site site, int warp, int lanes);

    /**
     * cp.async.wait_group: at most {@code pending} groups of these lanes are still under way; cp.async.wait_all: 0, uncommitted
     * ones too.
     */
    void asyncGroupsAwaited(Site site, int warp, int lanes, int pending, boolean uncommittedToo);

    /** bar.warp.sync completed for these lanes. */
    void warpSynchronized(Site site, int warp, int lanes);

    /** Lanes arrive at barrier {@code barrier} (bar.sync, bar.red, bar.arrive) and wait, or, with {@code bar.arrive}, go on. */
    void barrierReached(Site site, int warp, int barrier, int lanes, boolean waits);

    /** Barrier {@code barrier} completed: all that arrived before are ordered before all that they do next. */
    void barrierCompleted(int barrier);

    /** The block waits for the whole grid, and the grid has arrived. */
    void gridSynchronized();

    /** Memory fence of the scope cta, gl or sys. */
    void fenced(Site site, int warp, int lanes);

    void exited(Site site, int warp, int lanes);

    /** The block is done. */
    void close();
}
