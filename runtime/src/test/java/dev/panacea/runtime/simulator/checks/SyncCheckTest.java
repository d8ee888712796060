package dev.panacea.runtime.simulator.checks;

import static dev.panacea.runtime.simulator.checks.ObserverScript.ALL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class SyncCheckTest {
    private static final int SYNC = 0;
    private static final int OTHER = 1;
    private static final int ARRIVE = 2;
    private static final int NAMED = 3;
    private static final int UNALIGNED = 4;
    private static final int RED = 5;
    private static final int GUARDED = 6;
    private static final int HALF = 7;

    private final SyncCheck check = new SyncCheck();
    private final ObserverScript.BlockScript block = new ObserverScript(check, 1, 80, 0, "bar.sync 0;", "bar.sync 0;", "bar.arrive 1, 64;",
        "bar.sync 1, 64;", "barrier.sync 0;", "bar.red.popc.u32 %r1, 0, %p1;", "@!%p2 bar.sync 0;", "bar.sync 1, 32;").block(0);

    private void finds(String... parts) {
        assertEquals(1, check.findings().size(), check.findings().toString());
        for (String part : parts) {
            assertTrue(check.findings().getFirst().message().contains(part), check.findings() + " lacks: " + part);
        }
    }

    private void isClean() {
        block.close();
        assertEquals(List.of(), check.findings());
    }

    @Test
    void wholeWarpsAreClean() {
        block.barrier(SYNC).barrier(OTHER).barrier(RED);
        isClean();
    }

    @Test
    void warpsMayMeetAtDifferentInstructions() {
        block.reach(SYNC, 0, 0, ALL, true).reach(OTHER, 1, 0, ALL, true).reach(OTHER, 2, 0, 0xFFFF, true).complete(0);
        isClean();
    }

    @Test
    void partOfAWarpIsNot() {
        block.reach(SYNC, 0, 0, 0xFF, true).complete(0);
        finds("lanes 0-7 of warp 0 of block 0 reach barrier 0 without lanes 8-31 of warp 0", "planted line 10: bar.sync 0;");
    }

    @Test
    void aGuardThatLeavesLanesOutDiverges() {
        block.reach(GUARDED, 2, 0, 0xFFFD, true).complete(0);
        finds("lanes 0, 2-15 of warp 2", "without lane 1 of warp 2");
    }

    @Test
    void bothSidesOfABranchAreTwoDivergentBarriers() {
        block.reach(SYNC, 0, 0, 0xFFFF, true).reach(OTHER, 0, 0, 0xFFFF0000, true).complete(0);
        assertEquals(List.of(10, 11), check.findings().stream().map(finding -> finding.site().line()).toList());
    }

    @Test
    void anUnalignedBarrierMayTakeAWarpInParts() {
        block.reach(UNALIGNED, 0, 0, 1, true).reach(UNALIGNED, 0, 0, ~1, true).reach(UNALIGNED, 1, 0, ALL, true)
            .reach(UNALIGNED, 2, 0, 0xFFFF, true).complete(0);
        isClean();
    }

    @Test
    void threadsThatExitedAreNotMissed() {
        block.exit(SYNC, 1, 0xF).reach(SYNC, 0, 0, ALL, true).reach(SYNC, 1, 0, ~0xF, true).reach(SYNC, 2, 0, 1, true)
            .exit(SYNC, 2, 0xFFFE).complete(0);
        isClean();
    }

    @Test
    void exitsDoNotConcernABarrierForSome() {
        block.exit(SYNC, 2, 0xFFFF).reach(ARRIVE, 0, 1, ALL, false).reach(NAMED, 1, 1, ALL, true).complete(1);
        isClean();
    }

    @Test
    void exitsAfterTheLastBarrierAreClean() {
        block.barrier(SYNC).exit(SYNC, 0, ALL).exit(SYNC, 1, ALL).exit(SYNC, 2, 0xFFFF);
        isClean();
    }

    @Test
    void twoThreadCountsOfOneBarrierDisagree() {
        block.reach(NAMED, 0, 1, ALL, true).reach(HALF, 1, 1, ALL, true);
        finds("used in two ways at once", "bar.sync 1, 32", "bar.sync 1, 64");
    }

    @Test
    void reductionAndPlainBarrierDisagree() {
        block.reach(SYNC, 0, 0, ALL, true).reach(RED, 1, 0, ALL, true);
        finds("used in two ways at once");
    }

    @Test
    void aPartThatWaitsForEverIsNamed() {
        block.reach(SYNC, 1, 0, 0xFF, true).close();
        assertEquals(2, check.findings().size());
        assertTrue(check.findings().getFirst().message().startsWith("lanes 0-7 of warp 1 of block 0 reach barrier 0 without lanes 8-31"),
            check.findings().toString());
    }

    @Test
    void arrivalsThatNobodyAnswersAreNamed() {
        block.reach(ARRIVE, 0, 1, ALL, false).close();
        finds("block 0 ends while barrier 1 has arrivals", "lanes 0-31 of warp 0");
    }
}
