package dev.panacea.runtime.simulator.execution;

import java.util.ArrayList;
import java.util.List;

/** One of a block's sixteen barriers. */
final class Barrier {
    /** A fragment that waits here, and where its result goes. */
    record Waiting(Warp warp, Fragment fragment, int lanes, BarrierOperation operation) { }

    private final List<Waiting> waiting = new ArrayList<>();
    private int arrived;
    /** Threads that must come; 0 for all of the block that live. */
    private int expected;
    private int holding;
    private int voting;

    void clear() {
        waiting.clear();
        arrived = 0;
        expected = 0;
        holding = 0;
        voting = 0;
    }

    /** Counts threads in. @param votes those that take part in a reduction, and @param held those whose predicate holds */
    void arrive(int threads, int count, int votes, int held) {
        arrived += threads;
        expected = count;
        voting += votes;
        holding += held;
    }

    void hold(Waiting one) {
        waiting.add(one);
    }

    boolean complete(int living) {
        return arrived > 0 && arrived >= (expected == 0 ? living : expected);
    }

    /** Lets all that wait go on. */
    void release() {
        List<Waiting> leaving = List.copyOf(waiting);
        int held = holding;
        int votes = voting;
        clear();
        for (Waiting one : leaving) {
            one.operation.leave(one.warp, one.lanes, held, votes);
            one.fragment.awaited = null;
            one.fragment.pc++;
        }
    }
}
