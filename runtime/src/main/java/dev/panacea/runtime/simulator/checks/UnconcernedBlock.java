package dev.panacea.runtime.simulator.checks;

import dev.panacea.runtime.simulator.observation.AccessKind;
import dev.panacea.runtime.simulator.observation.BlockObserver;
import dev.panacea.runtime.simulator.observation.MemorySpace;
import dev.panacea.runtime.simulator.observation.Site;

/** Ignores whatever a check does not look at. */
class UnconcernedBlock implements BlockObserver {
    @Override
    public void executed(Site site, int warp, int lanes) { }

    @Override
    public void diverged(Site site, int warp, int taken, int fellThrough) { }

    @Override
    public void accessed(Site site, int warp, MemorySpace space, AccessKind kind, long[] addresses, int lanes, int bytes) { }

    @Override
    public void asyncCopyStarted(Site site, int warp, long[] shared, long[] global, int lanes, int copyBytes, int[] sourceBytes) { }

    @Override
    public void asyncGroupCommitted(Site site, int warp, int lanes) { }

    @Override
    public void asyncGroupsAwaited(Site site, int warp, int lanes, int pending, boolean uncommittedToo) { }

    @Override
    public void warpSynchronized(Site site, int warp, int lanes) { }

    @Override
    public void barrierReached(Site site, int warp, int barrier, int lanes, boolean waits) { }

    @Override
    public void barrierCompleted(int barrier) { }

    @Override
    public void gridSynchronized() { }

    @Override
    public void fenced(Site site, int warp, int lanes) { }

    @Override
    public void exited(Site site, int warp, int lanes) { }

    @Override
    public void close() { }
}
