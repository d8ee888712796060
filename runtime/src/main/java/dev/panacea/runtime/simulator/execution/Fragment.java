package dev.panacea.runtime.simulator.execution;

/** Lanes of a warp that run together. */
final class Fragment {
    int pc;
    int lanes;
    Join join;
    Frame frame;
    /** Bytes of local memory that {@code alloca} took above the function's variables. */
    int taken;
    /** What it waits for; null while it can run. */
    Object awaited;
    int awaitingLanes;
    int awaitedMembers;

    Fragment(int pc, int lanes, Join join, Frame frame, int taken) {
        this.pc = pc;
        this.lanes = lanes;
        this.join = join;
        this.frame = frame;
        this.taken = taken;
    }

    int stop() {
        return join == null ? -1 : join.pc;
    }
}
