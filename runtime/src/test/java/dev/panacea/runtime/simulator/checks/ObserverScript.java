package dev.panacea.runtime.simulator.checks;

import dev.panacea.runtime.cuda.Dimensions;
import dev.panacea.runtime.cuda.LaunchGeometry;
import dev.panacea.runtime.simulator.observation.AccessKind;
import dev.panacea.runtime.simulator.observation.BlockObserver;
import dev.panacea.runtime.simulator.observation.InstructionClass;
import dev.panacea.runtime.simulator.observation.LaunchObserver;
import dev.panacea.runtime.simulator.observation.MemorySpace;
import dev.panacea.runtime.simulator.observation.Site;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntToLongFunction;

/** Plays a kernel to an observer by hand, as the engine would: one launch, whose blocks call what a test writes down. */
final class ObserverScript {
    static final int ALL = -1;

    private final LaunchObserver observer;
    private final int threads;
    private final List<Site> sites = new ArrayList<>();

    ObserverScript(LaunchObserver observer, int blocks, int threads, int sharedBytes, String... instructions) {
        this.observer = observer;
        this.threads = threads;
        for (String text : instructions) {
            sites.add(new Site("planted", sites.size(), sites.size() + 10, text, classOf(text)));
        }
        observer.launched("planted", new LaunchGeometry(new Dimensions(blocks), new Dimensions(threads), 0), sharedBytes, sites);
    }

    private static InstructionClass classOf(String text) {
        String name = text.replaceFirst("^@\\S+ ", "").split(" ")[0];
        return switch (name.substring(0, (name + ".").indexOf('.'))) {
            case "ld" -> name.contains("shared") ? InstructionClass.SHARED_LOAD
                : name.contains("local") ? InstructionClass.LOCAL_ACCESS : InstructionClass.GLOBAL_LOAD;
            case "st" -> name.contains("shared") ? InstructionClass.SHARED_STORE
                : name.contains("local") ? InstructionClass.LOCAL_ACCESS : InstructionClass.GLOBAL_STORE;
            case "atom", "red" -> InstructionClass.ATOMIC;
            case "ldmatrix" -> InstructionClass.MATRIX_LOAD;
            case "cp" -> InstructionClass.ASYNC_COPY;
            case "bar", "barrier", "membar" -> InstructionClass.SYNCHRONIZATION;
            case "mma", "wgmma" -> InstructionClass.TENSOR;
            case "bra", "exit" -> InstructionClass.CONTROL;
            default -> InstructionClass.FLOAT32;
        };
    }

    BlockScript block(int number) {
        return new BlockScript(observer.openBlock(number));
    }

    void completed() {
        observer.completed();
    }

    /** One block; instructions go by their index among those that the script was given. */
    final class BlockScript {
        private final BlockObserver block;

        private BlockScript(BlockObserver block) {
            this.block = block;
        }

        private int warps() {
            return Math.ceilDiv(threads, Lanes.WARP);
        }

        private Site site(int index) {
            return sites.get(index);
        }

        BlockScript access(int site, MemorySpace space, AccessKind kind, int warp, int lanes, int bytes, IntToLongFunction address) {
            block.executed(site(site), warp, lanes);
            block.accessed(site(site), warp, space, kind, perThread(warp, address), lanes, bytes);
            return this;
        }

        /** All lanes that exist of all warps, one warp after another; {@code address} is a function of the thread. */
        BlockScript all(int site, MemorySpace space, AccessKind kind, int bytes, IntToLongFunction address) {
            for (int warp = 0; warp < warps(); warp++) {
                access(site, space, kind, warp, Lanes.existing(warp, threads), bytes, address);
            }
            return this;
        }

        BlockScript store(int site, int bytes, IntToLongFunction address) {
            return all(site, MemorySpace.SHARED, AccessKind.STORE, bytes, address);
        }

        BlockScript load(int site, int bytes, IntToLongFunction address) {
            return all(site, MemorySpace.SHARED, AccessKind.LOAD, bytes, address);
        }

        BlockScript barrier(int site) {
            for (int warp = 0; warp < warps(); warp++) {
                reach(site, warp, 0, Lanes.existing(warp, threads), true);
            }
            return complete(0);
        }

        BlockScript reach(int site, int warp, int barrier, int lanes, boolean waits) {
            block.executed(site(site), warp, lanes);
            block.barrierReached(site(site), warp, barrier, lanes, waits);
            return this;
        }

        BlockScript complete(int barrier) {
            block.barrierCompleted(barrier);
            return this;
        }

        BlockScript syncWarp(int site, int warp, int lanes) {
            block.executed(site(site), warp, lanes);
            block.warpSynchronized(site(site), warp, lanes);
            return this;
        }

        BlockScript copy(int site, int warp, int lanes, int bytes, IntToLongFunction shared, IntToLongFunction global) {
            int[] sourceBytes = new int[Lanes.WARP];
            Arrays.fill(sourceBytes, bytes);
            block.executed(site(site), warp, lanes);
            block.asyncCopyStarted(site(site), warp, perThread(warp, shared), perThread(warp, global), lanes, bytes, sourceBytes);
            return this;
        }

        BlockScript commit(int site, int warp) {
            block.executed(site(site), warp, ALL);
            block.asyncGroupCommitted(site(site), warp, ALL);
            return this;
        }

        BlockScript await(int site, int warp, int pending) {
            block.executed(site(site), warp, ALL);
            block.asyncGroupsAwaited(site(site), warp, ALL, pending, false);
            return this;
        }

        BlockScript awaitAll(int site, int warp) {
            block.executed(site(site), warp, ALL);
            block.asyncGroupsAwaited(site(site), warp, ALL, 0, true);
            return this;
        }

        BlockScript execute(int site, int warp, int lanes) {
            block.executed(site(site), warp, lanes);
            return this;
        }

        BlockScript diverge(int site, int warp, int taken) {
            block.executed(site(site), warp, ALL);
            block.diverged(site(site), warp, taken, ~taken);
            return this;
        }

        BlockScript fence(int site, int warp, int lanes) {
            block.fenced(site(site), warp, lanes);
            return this;
        }

        BlockScript exit(int site, int warp, int lanes) {
            block.exited(site(site), warp, lanes);
            return this;
        }

        BlockScript gridSynchronized() {
            block.gridSynchronized();
            return this;
        }

        void close() {
            block.close();
        }

        private long[] perThread(int warp, IntToLongFunction address) {
            long[] addresses = new long[Lanes.WARP];
            for (int lane = 0; lane < Lanes.WARP; lane++) {
                addresses[lane] = address.applyAsLong(warp * Lanes.WARP + lane);
            }
            return addresses;
        }
    }
}
