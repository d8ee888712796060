package dev.panacea.runtime.simulator.execution;

import dev.panacea.runtime.cuda.CudaError;
import dev.panacea.runtime.cuda.Dimensions;
import dev.panacea.runtime.simulator.observation.BlockObserver;
import java.util.ArrayList;
import java.util.List;

/** One block of a grid while it runs: its warps, barriers, shared and local memory. Used again for block after block. */
final class Block {
    private static final int BARRIERS = 16;
    /** Slices without a meeting after which lanes that wait at a join go on alone. */
    private static final int PATIENCE = 64;

    final Launch launch;
    final Region shared;
    final Region local;
    /** Bytes of local memory a thread. */
    final long localBytes;
    BlockObserver observer;
    private final Barrier[] barriers = new Barrier[BARRIERS];
    private final Warp[] warps;
    private final Schedule schedule;
    private int number;
    private int x;
    private int y;
    private int z;
    private int slices;
    private long ticks;

    Block(Launch launch) {
        this.launch = launch;
        Program program = launch.program();
        int threads = (int) launch.geometry().block().count();
        shared = new Region(0, launch.sharedBytes());
        localBytes = program.localBytes();
        local = new Region(0, localBytes * threads);
        warps = new Warp[Math.ceilDiv(threads, Warp.LANES)];
        schedule = launch.newSchedule();
        for (int i = 0; i < BARRIERS; i++) {
            barriers[i] = new Barrier();
        }
        for (int i = 0; i < warps.length; i++) {
            warps[i] = new Warp(this, i, program);
        }
    }

    void begin(int block) {
        number = block;
        Dimensions grid = launch.geometry().grid();
        x = block % grid.x();
        y = block / grid.x() % grid.y();
        z = block / grid.x() / grid.y();
        observer = launch.openBlock(block);
        schedule.begin(block);
        shared.poison();
        local.poison();
        for (Barrier barrier : barriers) {
            barrier.clear();
        }
        long threads = launch.geometry().block().count();
        for (int i = 0; i < warps.length; i++) {
            long lanes = Math.min(threads - (long) i * Warp.LANES, Warp.LANES);
            warps[i].begin(launch.program(), (int) ((1L << lanes) - 1), observer);
        }
        slices = 0;
        ticks = 0;
    }

    int number() {
        return number;
    }

    int x() {
        return x;
    }

    int y() {
        return y;
    }

    int z() {
        return z;
    }

    /** A clock: instructions that the block has executed, and one more at each reading. */
    long tick() {
        return ticks++;
    }

    int warps() {
        return warps.length;
    }

    boolean done() {
        for (Warp warp : warps) {
            if (!warp.done()) {
                return false;
            }
        }
        return true;
    }

    /** Gives every warp that can run a slice. */
    void advance() {
        boolean progress = false;
        int first = schedule.first(warps.length);
        for (int i = 0; i < warps.length; i++) {
            Warp warp = warps[(first + i) % warps.length];
            if (warp.runnable()) {
                progress = true;
                warp.run(schedule.slice());
                long executed = warp.takeExecuted();
                ticks += executed;
                launch.count(executed);
            }
        }
        if (!progress && !done()) {
            unblock();
        } else if (++slices % PATIENCE == 0) {
            for (Warp warp : warps) {
                warp.releaseForgotten();
            }
        }
    }

    private void unblock() {
        boolean released = false;
        for (Warp warp : warps) {
            released |= warp.releaseParked();
        }
        if (!released) {
            throw deadlock();
        }
    }

    private Fault deadlock() {
        List<String> lines = new ArrayList<>();
        for (Warp warp : warps) {
            warp.describeWaiting(lines);
        }
        int more = Math.max(lines.size() - 8, 0);
        return new Fault(CudaError.LAUNCH_TIMEOUT, launch.program().name() + " deadlocks in block (" + x + ", " + y + ", " + z + "): "
            + String.join(" ", lines.subList(0, lines.size() - more)) + (more > 0 ? " and " + more + " more" : ""));
    }

    void close() {
        if (observer != null) {
            observer.close();
            observer = null;
        }
    }

    void free() {
        shared.free();
        local.free();
    }

    /** What a barrier operation does to barrier {@code id}. */
    Barrier barrier(int id, int lane) {
        if (id < 0 || id >= BARRIERS) {
            throw new LaneFault(CudaError.LAUNCH_FAILED, lane, "barrier " + id + " of " + BARRIERS);
        }
        return barriers[id];
    }

    void settle(int id) {
        Barrier barrier = barriers[id];
        if (barrier.complete(living())) {
            if (observer != null) {
                observer.barrierCompleted(id);
            }
            barrier.release();
        }
    }

    private int living() {
        int threads = 0;
        for (Warp warp : warps) {
            threads += Integer.bitCount(warp.alive);
        }
        return threads;
    }

    /** Threads have exited: a barrier may have waited for nobody else. */
    void exited() {
        for (int i = 0; i < BARRIERS; i++) {
            settle(i);
        }
    }

    String threadName(int warp, int lane) {
        Dimensions extents = launch.geometry().block();
        int thread = warp * Warp.LANES + lane;
        return "block (" + x + ", " + y + ", " + z + ") thread (" + thread % extents.x() + ", " + thread / extents.x() % extents.y() + ", "
            + thread / extents.x() / extents.y() + ")";
    }
}
