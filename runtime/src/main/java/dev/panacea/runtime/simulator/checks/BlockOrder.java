package dev.panacea.runtime.simulator.checks;

import java.util.Arrays;

/**
 * What is ordered before what among the threads of one block: a vector clock a thread. {@code seen[t][u]} is the epoch of u up to
 * which all that u did comes before what t does next; threads that left a barrier together share one array, which nobody changes.
 * Barriers, warp barriers and fences with strong accesses order; shuffles, votes, mma and the lockstep of a warp do not.
 */
final class BlockOrder {

    /** Threads that come together: what any of them did is ordered before what those do that wait. */
    private final class Meeting {
        private final int[] joined = new int[threads];
        private final int[] waiting = new int[threads / Lanes.WARP];
        private int[] merged;

        void add(int warp, int lanes, boolean waits) {
            for (int left = lanes; left != 0; left = Lanes.rest(left)) {
                int thread = warp * Lanes.WARP + Lanes.first(left);
                if (seen[thread] != merged) {
                    merged = seen[thread];
                    merge(joined, merged);
                }
                joined[thread] = now[thread]++;
            }
            waiting[warp] |= waits ? lanes : 0;
        }

        void end() {
            for (int warp = 0; warp < waiting.length; warp++) {
                for (int left = waiting[warp]; left != 0; left = Lanes.rest(left)) {
                    seen[warp * Lanes.WARP + Lanes.first(left)] = joined;
                }
            }
        }
    }

    private static final int BARRIERS = 16;

    private final int threads;
    private final int[] now;
    private final int[][] seen;
    private final int[][] fenceSeen;
    private final int[] fenceEpoch;
    private int fences;
    private final Meeting[] barriers = new Meeting[BARRIERS];

    BlockOrder(int blockThreads) {
        threads = Math.ceilDiv(blockThreads, Lanes.WARP) * Lanes.WARP;
        now = new int[threads];
        Arrays.fill(now, 1);
        seen = new int[threads][];
        Arrays.fill(seen, new int[threads]);
        fenceSeen = new int[threads][];
        fenceEpoch = new int[threads];
    }

    int epoch(int thread) {
        return now[thread];
    }

    boolean precedes(int earlier, int epoch, int thread) {
        return seen[thread][earlier] >= epoch;
    }

    void warpSynchronized(int warp, int lanes) {
        Meeting meeting = new Meeting();
        meeting.add(warp, lanes, true);
        meeting.end();
    }

    void arrived(int barrier, int warp, int lanes, boolean waits) {
        if (barriers[barrier] == null) {
            barriers[barrier] = new Meeting();
        }
        barriers[barrier].add(warp, lanes, waits);
    }

    void completed(int barrier) {
        if (barriers[barrier] != null) {
            barriers[barrier].end();
            barriers[barrier] = null;
        }
    }

    void allMet() {
        Meeting meeting = new Meeting();
        for (int warp = 0; warp < threads / Lanes.WARP; warp++) {
            meeting.add(warp, -1, true);
        }
        meeting.end();
    }

    void fenced(int thread) {
        fenceSeen[thread] = seen[thread];
        fenceEpoch[thread] = now[thread]++;
        fences++;
    }

    /**
     * What a strong write of {@code thread} releases: all before its own last fence, and all before fences of others that a barrier
     * has ordered before it. Null without any.
     */
    int[] released(int thread) {
        if (fences == 0) {
            return null;
        }
        int[] clock = null;
        int[] merged = null;
        for (int other = 0; other < threads; other++) {
            int epoch = fenceEpoch[other];
            if (epoch > 0 && (other == thread || seen[thread][other] >= epoch)) {
                clock = clock == null ? new int[threads] : clock;
                if (fenceSeen[other] != merged) {
                    merged = fenceSeen[other];
                    merge(clock, merged);
                }
                clock[other] = Math.max(clock[other], epoch);
            }
        }
        return clock;
    }

    void acquired(int thread, int[] released) {
        int[] all = seen[thread].clone();
        merge(all, released);
        seen[thread] = all;
    }

    static void merge(int[] into, int[] from) {
        for (int i = 0; i < into.length; i++) {
            into[i] = Math.max(into[i], from[i]);
        }
    }
}
