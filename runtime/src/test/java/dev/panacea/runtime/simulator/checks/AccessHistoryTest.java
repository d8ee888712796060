package dev.panacea.runtime.simulator.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The history against an oracle that forgets nothing: every access as a node of a graph, ordered where a path leads. */
class AccessHistoryTest {
    private static final int THREADS = 96;
    private static final int BYTES = 64;

    /** One access and all that is ordered before it. */
    private record Node(int number, int address, int size, boolean writes, boolean strong, BitSet before) {
        boolean racesWith(Node earlier) {
            boolean overlap = address < earlier.address + earlier.size && earlier.address < address + size;
            return overlap && (writes || earlier.writes) && !(strong && earlier.strong) && !before.get(earlier.number);
        }
    }

    private static final class Oracle {
        private final List<Node> nodes = new ArrayList<>();
        private final BitSet[] past = new BitSet[THREADS];
        private int races;

        Oracle() {
            for (int thread = 0; thread < THREADS; thread++) {
                past[thread] = new BitSet();
            }
        }

        void access(int thread, int address, int size, boolean writes, boolean strong) {
            Node node = new Node(nodes.size(), address, size, writes, strong, (BitSet) past[thread].clone());
            races += nodes.stream().anyMatch(node::racesWith) ? 1 : 0;
            nodes.add(node);
            past[thread].set(node.number);
        }

        void meet(int from, int to) {
            BitSet all = new BitSet();
            for (int thread = from; thread < to; thread++) {
                all.or(past[thread]);
            }
            for (int thread = from; thread < to; thread++) {
                past[thread].or(all);
            }
        }
    }

    private static final class Judge implements AccessHistory.Accessor {
        private final BlockOrder order = new BlockOrder(THREADS);
        private final AccessHistory history = new AccessHistory(0, BYTES);
        private int races;

        @Override
        public int block() {
            return 0;
        }

        @Override
        public boolean follows(int earlierBlock, long earlier, int thread) {
            return Stamp.thread(earlier) == thread || order.precedes(Stamp.thread(earlier), Stamp.epoch(earlier), thread);
        }

        @Override
        public void raced(long address, int earlierBlock, long earlier, long now) {
            races++;
        }

        void access(int thread, int address, int size, boolean writes, boolean strong) {
            history.access(address, size, Stamp.of(order.epoch(thread), thread, 0, writes, strong), this);
        }
    }

    /** Whether the history knows if a random program of up to 100 steps has a race; it must never see one that is none. */
    private static boolean agrees(long seed, int strongShare) {
        SplittableRandom random = new SplittableRandom(seed);
        Oracle oracle = new Oracle();
        Judge judge = new Judge();
        int writeShare = 1 + random.nextInt(20);
        for (int step = 0; step < 100 && oracle.races == 0; step++) {
            int what = random.nextInt(20);
            if (what == 0) {
                oracle.meet(0, THREADS);
                judge.order.allMet();
            } else if (what < 4) {
                int warp = random.nextInt(THREADS / Lanes.WARP);
                oracle.meet(warp * Lanes.WARP, (warp + 1) * Lanes.WARP);
                judge.order.warpSynchronized(warp, -1);
            } else {
                int thread = random.nextInt(THREADS);
                int size = 1 << random.nextInt(5);
                int address = random.nextInt(BYTES / size) * size;
                boolean strong = random.nextInt(4) < strongShare;
                boolean writes = random.nextInt(20) < writeShare;
                oracle.access(thread, address, size, writes, strong);
                judge.access(thread, address, size, writes, strong);
            }
            assertTrue(oracle.races > 0 || judge.races == 0, "accused without reason, seed " + seed + " step " + step);
        }
        return oracle.races > 0 == judge.races > 0;
    }

    @Test
    void plainAccessesAreJudgedAsByAFullRecord() {
        long first = new SplittableRandom().nextLong();
        for (long seed = first; seed < first + 20_000; seed++) {
            assertTrue(agrees(seed, 0), "a race is missed, seed " + seed);
        }
    }

    @Test
    void fewRacesHideBehindManyStrongAccesses() {
        long first = new SplittableRandom().nextLong();
        long missed = LongStream.range(first, first + 10_000).filter(seed -> !agrees(seed, 2)).count();
        assertTrue(missed <= 50, missed + " of 10000 races are missed, first seed " + first);
    }

    @Test
    void splittingGranulesLosesNothing() {
        Judge judge = new Judge();
        judge.access(0, 16, 16, true, false);
        judge.access(0, 3, 1, true, false);
        judge.access(1, 31, 1, false, false);
        judge.access(1, 2, 1, false, false);
        assertEquals(1, judge.races);
    }

    @Test
    void whatLiesOutsideIsLeftToTheBoundsCheck() {
        Judge judge = new Judge();
        judge.access(0, -4, 4, true, false);
        judge.access(1, BYTES, 4, true, false);
        judge.access(2, BYTES - 2, 4, true, false);
        assertEquals(0, judge.races);
    }
}
