package dev.panacea.runtime.simulator;

import dev.panacea.runtime.cuda.LaunchGeometry;
import dev.panacea.runtime.simulator.observation.AccessKind;
import dev.panacea.runtime.simulator.observation.BlockObserver;
import dev.panacea.runtime.simulator.observation.LaunchObserver;
import dev.panacea.runtime.simulator.observation.MemorySpace;
import dev.panacea.runtime.simulator.observation.Site;
import java.util.List;
import java.util.function.Consumer;

/** Several observers as one. */
record ObserverGroup(List<LaunchObserver> observers) implements LaunchObserver {

    /** One observer that stands for all; null when there are none. */
    static LaunchObserver of(List<LaunchObserver> observers) {
        return observers.isEmpty() ? null : observers.size() == 1 ? observers.getFirst() : new ObserverGroup(observers);
    }

    @Override
    public void allocated(long address, long bytes) {
        observers.forEach(observer -> observer.allocated(address, bytes));
    }

    @Override
    public void freed(long address, long bytes) {
        observers.forEach(observer -> observer.freed(address, bytes));
    }

    @Override
    public void written(long address, long bytes) {
        observers.forEach(observer -> observer.written(address, bytes));
    }

    @Override
    public void launched(String kernel, LaunchGeometry geometry, int sharedBytes, List<Site> sites) {
        observers.forEach(observer -> observer.launched(kernel, geometry, sharedBytes, sites));
    }

    @Override
    public BlockObserver openBlock(int block) {
        return new Blocks(observers.stream().map(observer -> observer.openBlock(block)).toList());
    }

    @Override
    public void completed() {
        observers.forEach(LaunchObserver::completed);
    }

    private record Blocks(List<BlockObserver> observers) implements BlockObserver {

        private void each(Consumer<BlockObserver> told) {
            observers.forEach(told);
        }

        @Override
        public void executed(Site site, int warp, int lanes) {
            each(observer -> observer.executed(site, warp, lanes));
        }

        @Override
        public void diverged(Site site, int warp, int taken, int fellThrough) {
            each(observer -> observer.diverged(site, warp, taken, fellThrough));
        }

        @Override
        public void accessed(Site site, int warp, MemorySpace space, AccessKind kind, long[] addresses, int lanes, int bytes) {
            each(observer -> observer.accessed(site, warp, space, kind, addresses, lanes, bytes));
        }

        @Override
        public void asyncCopyStarted(Site site, int warp, long[] shared, long[] global, int lanes, int copyBytes, int[] sourceBytes) {
            each(observer -> observer.asyncCopyStarted(site, warp, shared, global, lanes, copyBytes, sourceBytes));
        }

        @Override
        public void asyncGroupCommitted(Site site, int warp, int lanes) {
            each(observer -> observer.asyncGroupCommitted(site, warp, lanes));
        }

        @Override
        public void asyncGroupsAwaited(Site site, int warp, int lanes, int pending, boolean uncommittedToo) {
            each(observer -> observer.asyncGroupsAwaited(site, warp, lanes, pending, uncommittedToo));
        }

        @Override
        public void warpSynchronized(Site site, int warp, int lanes) {
            each(observer -> observer.warpSynchronized(site, warp, lanes));
        }

        @Override
        public void barrierReached(Site site, int warp, int barrier, int lanes, boolean waits) {
            each(observer -> observer.barrierReached(site, warp, barrier, lanes, waits));
        }

        @Override
        public void barrierCompleted(int barrier) {
            each(observer -> observer.barrierCompleted(barrier));
        }

        @Override
        public void gridSynchronized() {
            each(BlockObserver::gridSynchronized);
        }

        @Override
        public void fenced(Site site, int warp, int lanes) {
            each(observer -> observer.fenced(site, warp, lanes));
        }

        @Override
        public void exited(Site site, int warp, int lanes) {
            each(observer -> observer.exited(site, warp, lanes));
        }

        @Override
        public void close() {
            each(BlockObserver::close);
        }
    }
}
