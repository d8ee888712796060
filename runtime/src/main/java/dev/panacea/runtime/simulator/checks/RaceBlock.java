package dev.panacea.runtime.simulator.checks;

import dev.panacea.runtime.simulator.observation.AccessKind;
import dev.panacea.runtime.simulator.observation.InstructionClass;
import dev.panacea.runtime.simulator.observation.MemorySpace;
import dev.panacea.runtime.simulator.observation.Site;
import java.util.BitSet;

/** {@link RaceCheck} within one block. */
final class RaceBlock extends UnconcernedBlock implements AccessHistory.Accessor {
    private final Races races;
    private final BlockOrder order;
    private final AccessHistory shared;
    private final GlobalHistory global;
    private final StrongOrder strong;
    private final BitSet guesses;
    private final AsyncCopies[] copies = new AsyncCopies[Lanes.WARP];
    private final AsyncCopies.Landing landing = this::landed;
    private int landingWarp;
    private int gridPhase;
    private long pageNumber = -1;
    private AccessHistory page;

    // The access being judged; readers are the lanes that get what it reads, where those are not each its own.
    private MemorySpace space;
    private int readers;

    RaceBlock(Races races, BlockOrder order, AccessHistory shared, GlobalHistory global, StrongOrder strong,
        BitSet guesses) {
        this.races = races;
        this.order = order;
        this.shared = shared;
        this.global = global;
        this.strong = strong;
        this.guesses = guesses;
    }

    @Override
    public void accessed(Site site, int warp, MemorySpace where, AccessKind kind, long[] addresses, int lanes, int bytes) {
        if (where != MemorySpace.SHARED && where != MemorySpace.GLOBAL) {
            return;
        }
        strong.settle(warp);
        boolean orders = kind != AccessKind.LOAD && kind != AccessKind.STORE;
        boolean isStrong = orders || guesses.get(site.index());
        space = where;
        readers = kind == AccessKind.LOAD && site.type() == InstructionClass.MATRIX_LOAD ? lanes : 0;
        if (where == MemorySpace.SHARED) {
            for (int left = lanes; left != 0; left = Lanes.rest(left)) {
                int lane = Lanes.first(left);
                shared.access(addresses[lane], bytes, stamp(site, warp, lane, kind, isStrong), this);
            }
        } else {
            global(site, warp, kind, isStrong, addresses, lanes, bytes);
        }
        readers = 0;
        if (orders) {
            strong.accessed(site, warp, where, kind, addresses, lanes);
        }
    }

    // Lanes side by side lie in one page, whose lock is then taken once.
    private void global(Site site, int warp, AccessKind kind, boolean isStrong, long[] addresses, int lanes, int bytes) {
        for (int left = lanes; left != 0;) {
            turnTo(addresses[Lanes.first(left)]);
            synchronized (page) {
                while (left != 0 && GlobalHistory.pageNumber(addresses[Lanes.first(left)]) == pageNumber) {
                    int lane = Lanes.first(left);
                    page.access(addresses[lane], bytes, stamp(site, warp, lane, kind, isStrong), this);
                    left = Lanes.rest(left);
                }
            }
        }
    }

    private void turnTo(long address) {
        if (GlobalHistory.pageNumber(address) != pageNumber || page == null) {
            pageNumber = GlobalHistory.pageNumber(address);
            page = global.page(pageNumber);
        }
    }

    private long stamp(Site site, int warp, int lane, AccessKind kind, boolean isStrong) {
        int thread = warp * Lanes.WARP + lane;
        return Stamp.of(order.epoch(thread), thread, site.index(), kind.writes(), isStrong);
    }

    @Override
    public void asyncCopyStarted(Site site, int warp, long[] to, long[] from, int lanes, int copyBytes, int[] sourceBytes) {
        strong.settle(warp);
        if (copies[warp] == null) {
            copies[warp] = new AsyncCopies();
        }
        for (int left = lanes; left != 0; left = Lanes.rest(left)) {
            int lane = Lanes.first(left);
            int thread = warp * Lanes.WARP + lane;
            if (sourceBytes[lane] > 0) {
                space = MemorySpace.GLOBAL;
                global(site, warp, AccessKind.LOAD, false, from, 1 << lane, sourceBytes[lane]);
            }
            space = MemorySpace.SHARED;
            shared.access(to[lane], copyBytes, underWay(thread, site.index()), this);
            copies[warp].started(lane, site.index(), (int) to[lane], copyBytes);
        }
    }

    @Override
    public void asyncGroupCommitted(Site site, int warp, int lanes) {
        if (copies[warp] != null) {
            copies[warp].committed(lanes);
        }
    }

    @Override
    public void asyncGroupsAwaited(Site site, int warp, int lanes, int pending, boolean uncommittedToo) {
        if (copies[warp] != null) {
            landingWarp = warp;
            copies[warp].awaited(lanes, pending, uncommittedToo, landing);
        }
    }

    private void landed(int lane, int site, int address, int bytes) {
        int thread = landingWarp * Lanes.WARP + lane;
        shared.land(address, bytes, underWay(thread, site), Stamp.of(order.epoch(thread), thread, site, true, false));
    }

    private static long underWay(int thread, int site) {
        return Stamp.of(Stamp.UNDER_WAY, thread, site, true, false);
    }

    @Override
    public int block() {
        return races.block();
    }

    @Override
    public boolean follows(int earlierBlock, long earlier, int thread) {
        int by = Stamp.thread(earlier);
        if (earlierBlock != races.block()) {
            return strong.precedes(earlierBlock, by, Stamp.epoch(earlier));
        }
        int reader = thread;
        if (by == thread) {
            int others = readers & ~(1 << thread % Lanes.WARP);
            if (others == 0) {
                return Stamp.epoch(earlier) != Stamp.UNDER_WAY;
            }
            reader = thread / Lanes.WARP * Lanes.WARP + Lanes.first(others);
        }
        return order.precedes(by, Stamp.epoch(earlier), reader);
    }

    @Override
    public void raced(long address, int earlierBlock, long earlier, long now) {
        races.report(space, address, earlierBlock, earlier, now);
    }

    @Override
    public void warpSynchronized(Site site, int warp, int lanes) {
        strong.settle(warp);
        order.warpSynchronized(warp, lanes);
    }

    @Override
    public void barrierReached(Site site, int warp, int barrier, int lanes, boolean waits) {
        strong.settle(warp);
        order.arrived(barrier, warp, lanes, waits);
    }

    @Override
    public void barrierCompleted(int barrier) {
        order.completed(barrier);
    }

    @Override
    public void gridSynchronized() {
        order.allMet();
        page = null;
        global.gridSynchronized(++gridPhase);
    }

    @Override
    public void fenced(Site site, int warp, int lanes) {
        strong.fenced(warp, lanes);
    }
}
