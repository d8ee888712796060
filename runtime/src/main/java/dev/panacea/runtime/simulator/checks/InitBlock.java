package dev.panacea.runtime.simulator.checks;

import dev.panacea.runtime.simulator.observation.AccessKind;
import dev.panacea.runtime.simulator.observation.MemorySpace;
import dev.panacea.runtime.simulator.observation.Site;
import java.util.List;

/** {@link InitCheck} within one block. */
final class InitBlock extends UnconcernedBlock {
    /** Bytes of local memory that hardware gives a thread at most. */
    private static final int LOCAL_LIMIT = 512 << 10;

    private final Findings findings;
    private final WrittenMemory memory;
    private final List<Site> sites;
    private final int block;
    private final ByteStates shared;
    private final ByteStates[] local;
    private final AsyncCopies[] copies;
    private final AsyncCopies.Landing landing;
    private WrittenMemory.Allocation last;

    InitBlock(Findings findings, WrittenMemory memory, List<Site> sites, int block, int threads, int sharedBytes) {
        this.findings = findings;
        this.memory = memory;
        this.sites = sites;
        this.block = block;
        this.shared = new ByteStates(sharedBytes, sharedBytes);
        this.local = new ByteStates[threads];
        this.copies = new AsyncCopies[Math.ceilDiv(threads, Lanes.WARP)];
        this.landing = (lane, site, address, bytes) -> shared.set(address, bytes, ByteStates.WRITTEN);
    }

    @Override
    public void accessed(Site site, int warp, MemorySpace space, AccessKind kind, long[] addresses, int lanes, int bytes) {
        switch (space) {
            case GLOBAL -> {
                for (int left = lanes; left != 0; left = Lanes.rest(left)) {
                    int lane = Lanes.first(left);
                    global(site, thread(warp, lane), kind, addresses[lane], bytes);
                }
            }
            case SHARED -> onChip(site, warp, space, kind, addresses, lanes, bytes);
            case LOCAL -> {
                if (!Opcode.passesArguments(site)) {
                    onChip(site, warp, space, kind, addresses, lanes, bytes);
                }
            }
            case CONSTANT, PARAMETER -> { }
        }
    }

    // All lanes read before one of them writes: an instruction does not initialise what it uses.
    private void onChip(Site site, int warp, MemorySpace space, AccessKind kind, long[] addresses, int lanes, int bytes) {
        for (int left = kind.reads() ? lanes : 0; left != 0; left = Lanes.rest(left)) {
            int thread = thread(warp, Lanes.first(left));
            long address = addresses[Lanes.first(left)];
            byte state = states(space, thread).of((int) address, bytes);
            if (state == ByteStates.UNDER_WAY) {
                early(site, thread, (int) address, bytes);
            } else if (state == ByteStates.UNWRITTEN) {
                unwritten(site, thread, space, address, bytes);
            }
        }
        for (int left = kind.writes() ? lanes : 0; left != 0; left = Lanes.rest(left)) {
            int lane = Lanes.first(left);
            states(space, thread(warp, lane)).set((int) addresses[lane], bytes, ByteStates.WRITTEN);
        }
    }

    private void global(Site site, int thread, AccessKind kind, long address, int bytes) {
        if (last == null || !last.holds(address, bytes)) {
            last = memory.at(address);
        }
        if (last == null || !last.holds(address, bytes)) {
            return;
        }
        if (kind.reads() && !last.isWritten(address, bytes)) {
            unwritten(site, thread, MemorySpace.GLOBAL, address, bytes);
        }
        if (kind.writes()) {
            last.mark(address, bytes);
        }
    }

    @Override
    public void asyncCopyStarted(Site site, int warp, long[] to, long[] from, int lanes, int copyBytes, int[] sourceBytes) {
        for (int left = lanes; left != 0; left = Lanes.rest(left)) {
            int lane = Lanes.first(left);
            if (sourceBytes[lane] > 0) {
                global(site, thread(warp, lane), AccessKind.LOAD, from[lane], sourceBytes[lane]);
            }
            copies(warp).started(lane, site.index(), (int) to[lane], copyBytes);
            shared.set((int) to[lane], copyBytes, ByteStates.UNDER_WAY);
        }
    }

    @Override
    public void asyncGroupCommitted(Site site, int warp, int lanes) {
        copies(warp).committed(lanes);
    }

    @Override
    public void asyncGroupsAwaited(Site site, int warp, int lanes, int pending, boolean uncommittedToo) {
        copies(warp).awaited(lanes, pending, uncommittedToo, landing);
    }

    private ByteStates states(MemorySpace space, int thread) {
        if (space == MemorySpace.SHARED) {
            return shared;
        }
        if (local[thread] == null) {
            local[thread] = new ByteStates(64, LOCAL_LIMIT);
        }
        return local[thread];
    }

    private AsyncCopies copies(int warp) {
        if (copies[warp] == null) {
            copies[warp] = new AsyncCopies();
        }
        return copies[warp];
    }

    private void unwritten(Site site, int thread, MemorySpace space, long address, int bytes) {
        findings.report(space.name(), site, null, block, () -> Lanes.thread(thread, block) + " reads " + bytes + " bytes at "
            + Lanes.place(space, address) + ", not all of them written by anybody, at " + site);
    }

    private void early(Site site, int thread, int address, int bytes) {
        Site copy = copyTo(address, bytes);
        findings.report("early", site, copy, block, () -> Lanes.thread(thread, block) + " reads " + bytes + " bytes at "
            + Lanes.place(MemorySpace.SHARED, address) + " before cp.async was waited for, at " + site + " while there is under way "
            + copy);
    }

    private Site copyTo(int address, int bytes) {
        for (AsyncCopies ofWarp : copies) {
            int site = ofWarp == null ? -1 : ofWarp.siteOf(address, bytes);
            if (site >= 0) {
                return sites.get(site);
            }
        }
        throw new IllegalStateException("no cp.async is under way to shared address " + address);
    }

    private static int thread(int warp, int lane) {
        return warp * Lanes.WARP + lane;
    }
}
