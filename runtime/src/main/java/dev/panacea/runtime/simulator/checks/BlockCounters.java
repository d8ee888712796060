package dev.panacea.runtime.simulator.checks;

import dev.panacea.runtime.simulator.observation.AccessKind;
import dev.panacea.runtime.simulator.observation.MemorySpace;
import dev.panacea.runtime.simulator.observation.Site;
import java.util.function.Consumer;

/** {@link Counters} of one block, given away when it closes. */
final class BlockCounters extends UnconcernedBlock {
    private final Consumer<BlockCounters> whenDone;
    private final SiteCounts counts;
    private final Sectors sectors = new Sectors();
    private final Banks banks = new Banks();
    private final int[] groupsInFlight = new int[Lanes.WARP * Lanes.WARP];
    private long barriers;
    private long gridSynchronizations;
    private long asyncBytes;
    private long asyncGroups;
    private int greatestInFlight;

    BlockCounters(int sites, Consumer<BlockCounters> whenDone) {
        this.whenDone = whenDone;
        this.counts = new SiteCounts(sites);
    }

    @Override
    public void executed(Site site, int warp, int lanes) {
        counts.add(site.index(), SiteCounts.WARPS, 1);
        counts.add(site.index(), SiteCounts.THREADS, Integer.bitCount(lanes));
    }

    @Override
    public void diverged(Site site, int warp, int taken, int fellThrough) {
        counts.add(site.index(), SiteCounts.DIVERGED, 1);
    }

    @Override
    public void accessed(Site site, int warp, MemorySpace space, AccessKind kind, long[] addresses, int lanes, int bytes) {
        if (lanes == 0) {
            return;
        }
        long all = (long) bytes * Integer.bitCount(lanes);
        switch (space) {
            case GLOBAL -> {
                sectors.begin();
                for (int left = lanes; left != 0; left = Lanes.rest(left)) {
                    sectors.add(addresses[Lanes.first(left)], bytes);
                }
                global(site.index(), request(kind), all);
            }
            case SHARED -> shared(site.index(), addresses, lanes, bytes);
            case LOCAL -> counts.add(site.index(), SiteCounts.LOCAL_BYTES, Opcode.passesArguments(site) ? 0 : all);
            case CONSTANT, PARAMETER -> { }
        }
        if (kind == AccessKind.ATOMIC) {
            counts.add(site.index(), SiteCounts.ATOMIC_LANES, Integer.bitCount(lanes));
        }
    }

    private static int request(AccessKind kind) {
        return switch (kind) {
            case LOAD, STRONG_LOAD -> SiteCounts.LOADS;
            case STORE, STRONG_STORE -> SiteCounts.STORES;
            case ATOMIC -> SiteCounts.ATOMICS;
        };
    }

    private void global(int site, int request, long usefulBytes) {
        counts.add(site, request, 1);
        counts.add(site, SiteCounts.SECTORS, sectors.count());
        counts.add(site, SiteCounts.GLOBAL_BYTES, usefulBytes);
    }

    private void shared(int site, long[] addresses, int lanes, int bytes) {
        counts.add(site, SiteCounts.SHARED_REQUESTS, 1);
        counts.add(site, SiteCounts.WAVEFRONTS, banks.wavefronts(addresses, lanes, bytes));
        counts.add(site, SiteCounts.LEAST_WAVEFRONTS, Banks.leastWavefronts(lanes, bytes));
        counts.add(site, SiteCounts.SHARED_BYTES, (long) bytes * Integer.bitCount(lanes));
    }

    @Override
    public void asyncCopyStarted(Site site, int warp, long[] to, long[] from, int lanes, int copyBytes, int[] sourceBytes) {
        if (lanes == 0) {
            return;
        }
        sectors.begin();
        long read = 0;
        for (int left = lanes; left != 0; left = Lanes.rest(left)) {
            int lane = Lanes.first(left);
            if (sourceBytes[lane] > 0) {
                sectors.add(from[lane], sourceBytes[lane]);
                read += sourceBytes[lane];
            }
        }
        global(site.index(), SiteCounts.LOADS, read);
        shared(site.index(), to, lanes, copyBytes);
        asyncBytes += (long) copyBytes * Integer.bitCount(lanes);
    }

    @Override
    public void asyncGroupCommitted(Site site, int warp, int lanes) {
        asyncGroups++;
        for (int left = lanes; left != 0; left = Lanes.rest(left)) {
            int groups = ++groupsInFlight[warp * Lanes.WARP + Lanes.first(left)];
            greatestInFlight = Math.max(greatestInFlight, groups);
        }
    }

    @Override
    public void asyncGroupsAwaited(Site site, int warp, int lanes, int pending, boolean uncommittedToo) {
        for (int left = lanes; left != 0; left = Lanes.rest(left)) {
            int thread = warp * Lanes.WARP + Lanes.first(left);
            groupsInFlight[thread] = Math.min(groupsInFlight[thread], uncommittedToo ? 0 : pending);
        }
    }

    @Override
    public void barrierCompleted(int barrier) {
        barriers++;
    }

    @Override
    public void gridSynchronized() {
        gridSynchronizations++;
    }

    @Override
    public void close() {
        whenDone.accept(this);
    }

    /** Takes another block's counts. */
    void add(BlockCounters other) {
        counts.add(other.counts);
        barriers += other.barriers;
        gridSynchronizations += other.gridSynchronizations;
        asyncBytes += other.asyncBytes;
        asyncGroups += other.asyncGroups;
        greatestInFlight = Math.max(greatestInFlight, other.greatestInFlight);
    }

    SiteCounts counts() {
        return counts;
    }

    long barriers() {
        return barriers;
    }

    long gridSynchronizations() {
        return gridSynchronizations;
    }

    AsyncTraffic async() {
        return new AsyncTraffic(asyncBytes, asyncGroups, greatestInFlight);
    }
}
