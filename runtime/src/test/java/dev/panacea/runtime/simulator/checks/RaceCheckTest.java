package dev.panacea.runtime.simulator.checks;

import static dev.panacea.runtime.simulator.checks.ObserverScript.ALL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.runtime.simulator.observation.AccessKind;
import dev.panacea.runtime.simulator.observation.MemorySpace;
import java.util.List;
import org.junit.jupiter.api.Test;

class RaceCheckTest {
    private static final int ST = 0;
    private static final int LD = 1;
    private static final int SYNC = 2;
    private static final int WARP_SYNC = 3;
    private static final int ATOM = 4;
    private static final int ARRIVE = 5;
    private static final int FENCE = 6;
    private static final int COPY = 7;
    private static final int COMMIT = 8;
    private static final int WAIT = 9;
    private static final int MATRIX = 10;
    private static final int RELEASE = 11;
    private static final long GLOBAL = 0x7000_0000L;

    private final RaceCheck check = new RaceCheck();
    private final ObserverScript script = new ObserverScript(check, 4, 64, 4096, "st.shared.f32 [%r1], %f1;", "ld.shared.f32 %f2, [%r2];",
        "bar.sync 0;", "bar.warp.sync -1;", "atom.shared.add.u32 %r3, [%r1], 1;", "bar.arrive 1, 64;", "membar.gl;",
        "cp.async.cg.shared.global [%r4], [%rd1], 16;", "cp.async.commit_group;", "cp.async.wait_group 0;",
        "ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%r5, %r6, %r7, %r8}, [%r9];", "st.release.gpu.global.u32 [%rd2], %r1;");
    private final ObserverScript.BlockScript block = script.block(0);

    private Finding only() {
        assertEquals(1, check.findings().size(), check.findings().toString());
        return check.findings().getFirst();
    }

    private void isClean() {
        assertEquals(List.of(), check.findings());
    }

    private static void says(Finding finding, String... parts) {
        for (String part : parts) {
            assertTrue(finding.message().contains(part), finding.message() + " lacks: " + part);
        }
    }

    @Test
    void readAfterWriteWithoutBarrierNamesBoth() {
        block.store(ST, 4, t -> 4 * t).load(LD, 4, t -> 4 * (63 - t));
        Finding race = only();
        says(race, "read after write at shared address 0xfc", "thread 0 (warp 0 lane 0) of block 0 at planted line 11: ld.shared",
            "thread 63 (warp 1 lane 31) of block 0 at planted line 10: st.shared");
        assertEquals(64, race.occurrences());
        assertEquals(List.of(LD, ST), List.of(race.site().index(), race.other().index()));
    }

    @Test
    void barrierOrders() {
        block.store(ST, 4, t -> 4 * t).barrier(SYNC).load(LD, 4, t -> 4 * (63 - t)).barrier(SYNC).store(ST, 4, t -> 4 * t);
        isClean();
    }

    @Test
    void writeAfterReadWithoutBarrier() {
        block.store(ST, 4, t -> 4 * t).barrier(SYNC).load(LD, 4, t -> 4 * (t ^ 32)).store(ST, 4, t -> 4 * t);
        says(only(), "write after read at shared address 0x0", "thread 0 ", "thread 32 ");
    }

    @Test
    void aWriterIsNotTakenForTheOnlyReader() {
        block.load(LD, 4, t -> 0).access(ST, MemorySpace.SHARED, AccessKind.STORE, 1, 1 << 31, 4, t -> 0);
        says(only(), "write after read", "thread 63 ");
    }

    @Test
    void aReaderOfAnotherWarpIsNotForgottenForTwoOfOne() {
        block.access(LD, MemorySpace.SHARED, AccessKind.LOAD, 0, 0xF, 4, t -> 0)
            .access(LD, MemorySpace.SHARED, AccessKind.LOAD, 1, 1, 4, t -> 0).syncWarp(WARP_SYNC, 0, ALL)
            .access(ST, MemorySpace.SHARED, AccessKind.STORE, 0, 1, 4, t -> 0);
        says(only(), "write after read", "thread 32 ");
    }

    @Test
    void aReaderOfAnotherBlockIsNotForgottenForManyOfOne() {
        var wide = new ObserverScript(check, 2, 128, 0, "st.global.f32 [%r1], %f1;", "ld.global.f32 %f2, [%r2];", "bar.sync 0;");
        var one = wide.block(0);
        for (int warp = 0; warp < 4; warp++) {
            one.access(LD, MemorySpace.GLOBAL, AccessKind.LOAD, warp, 1, 4, t -> GLOBAL);
        }
        global(wide.block(1), LD, AccessKind.LOAD, 0);
        global(one.barrier(SYNC), ST, AccessKind.STORE, 0);
        says(only(), "of two blocks", "of block 1");
    }

    @Test
    void aStrongReadDoesNotHideThePlainOneBeforeIt() {
        block.access(LD, MemorySpace.SHARED, AccessKind.LOAD, 0, 1, 4, t -> 0)
            .access(LD, MemorySpace.SHARED, AccessKind.STRONG_LOAD, 0, 1, 4, t -> 0)
            .access(ATOM, MemorySpace.SHARED, AccessKind.ATOMIC, 1, 1, 4, t -> 0);
        says(only(), "strong write after read");
    }

    @Test
    void writeAfterWriteWithoutBarrier() {
        block.store(ST, 4, t -> 4 * (t % 32));
        says(only(), "write after write", "thread 32 ", "thread 0 ", "harmless only if they write the same value");
    }

    @Test
    void lanesOfAWarpNeedTheirOwnBarrier() {
        block.access(ST, MemorySpace.SHARED, AccessKind.STORE, 1, ALL, 4, t -> 4 * t);
        block.access(LD, MemorySpace.SHARED, AccessKind.LOAD, 1, ALL, 4, t -> 4 * (t ^ 1));
        says(only(), "read after write", "thread 32 (warp 1 lane 0)", "thread 33 (warp 1 lane 1)");
    }

    @Test
    void warpBarrierOrdersItsLanesOnly() {
        block.access(ST, MemorySpace.SHARED, AccessKind.STORE, 0, ALL, 4, t -> 4 * t).syncWarp(WARP_SYNC, 0, ALL);
        block.access(LD, MemorySpace.SHARED, AccessKind.LOAD, 0, ALL, 4, t -> 4 * (t ^ 1));
        isClean();
        block.access(LD, MemorySpace.SHARED, AccessKind.LOAD, 1, 1, 4, t -> 0);
        says(only(), "thread 32 ", "thread 0 ");
    }

    @Test
    void partialWarpBarrierLeavesOutTheRest() {
        block.access(ST, MemorySpace.SHARED, AccessKind.STORE, 0, ALL, 4, t -> 4 * t).syncWarp(WARP_SYNC, 0, 0xFFFF);
        block.access(LD, MemorySpace.SHARED, AccessKind.LOAD, 0, 0xFFFF, 4, t -> 4 * (t ^ 1));
        isClean();
        block.access(LD, MemorySpace.SHARED, AccessKind.LOAD, 0, 0xFFFF, 4, t -> 4 * (t ^ 16));
        assertEquals(16, only().occurrences());
    }

    @Test
    void neighboursInAWordDoNotRace() {
        block.store(ST, 4, t -> 1024 + 4 * t).barrier(SYNC).store(ST, 2, t -> 2 * t).store(ST, 1, t -> 512 + t).load(LD, 2, t -> 2 * t)
            .load(LD, 4, t -> 1024 + 4 * t);
        isClean();
        block.load(LD, 4, t -> 4 * (t / 2));
        assertEquals(64, only().occurrences());
    }

    @Test
    void treeReductionWithBarriersIsClean() {
        block.store(ST, 4, t -> 4 * t).barrier(SYNC);
        for (int half = 32; half > 0; half /= 2) {
            int active = half == 32 ? ALL : (1 << half) - 1;
            int offset = half;
            block.access(LD, MemorySpace.SHARED, AccessKind.LOAD, 0, active, 4, t -> 4 * (t + offset))
                .access(LD, MemorySpace.SHARED, AccessKind.LOAD, 0, active, 4, t -> 4 * t)
                .access(ST, MemorySpace.SHARED, AccessKind.STORE, 0, active, 4, t -> 4 * t).barrier(SYNC);
        }
        block.load(LD, 4, t -> 0);
        isClean();
    }

    @Test
    void atomicsNeedNoOrderButPlainAccessesBesideThemDo() {
        block.store(ST, 4, t -> 4 * t).barrier(SYNC).all(ATOM, MemorySpace.SHARED, AccessKind.ATOMIC, 4, t -> 4 * (t % 3)).barrier(SYNC)
            .load(LD, 4, t -> 4 * (t % 3));
        isClean();
        block.access(ATOM, MemorySpace.SHARED, AccessKind.ATOMIC, 1, 1, 4, t -> 8);
        says(only(), "strong write after read at shared address 0x8");
    }

    @Test
    void theGuessOfACompareAndSwapLoopRacesWithNoAtomicButWithAPlainWrite() {
        var loop = new ObserverScript(check, 1, 64, 64, "ld.shared.u32 %r1, [%r9+4];", "atom.shared.cas.b32 %r3, [%r9+4], %r1, %r2;",
            "ld.shared.u32 %r1, [%r9+8];", "st.shared.u32 [%r9], %r3;").block(0);
        loop.all(0, MemorySpace.SHARED, AccessKind.LOAD, 4, t -> 4).all(1, MemorySpace.SHARED, AccessKind.ATOMIC, 4, t -> 4)
            .all(0, MemorySpace.SHARED, AccessKind.LOAD, 4, t -> 4);
        isClean();
        loop.access(2, MemorySpace.SHARED, AccessKind.LOAD, 1, 1 << 20, 4, t -> 4);
        assertEquals(2, only().site().index());
        loop.access(3, MemorySpace.SHARED, AccessKind.STORE, 0, 1, 4, t -> 8).access(0, MemorySpace.SHARED, AccessKind.LOAD, 1, 1, 4, t -> 8);
        assertEquals(List.of(0, 2), check.findings().stream().map(finding -> finding.site().index()).toList());
    }

    @Test
    void namedBarriersOrderProducersBeforeConsumers() {
        for (int turn = 0; turn < 3; turn++) {
            block.access(ST, MemorySpace.SHARED, AccessKind.STORE, 0, ALL, 4, t -> 4 * t).reach(ARRIVE, 0, 1, ALL, false)
                .reach(SYNC, 1, 1, ALL, true).complete(1).access(LD, MemorySpace.SHARED, AccessKind.LOAD, 1, ALL, 4, t -> 4 * (63 - t))
                .reach(ARRIVE, 1, 2, ALL, false).reach(SYNC, 0, 2, ALL, true).complete(2);
        }
        isClean();
    }

    @Test
    void aProducerThatOnlyArrivesIsNotOrderedAfterItsConsumer() {
        block.access(LD, MemorySpace.SHARED, AccessKind.LOAD, 1, ALL, 4, t -> 4 * (t - 32)).reach(ARRIVE, 0, 1, ALL, false)
            .reach(SYNC, 1, 1, ALL, true).complete(1).access(ST, MemorySpace.SHARED, AccessKind.STORE, 0, ALL, 4, t -> 4 * t);
        assertEquals(32, only().occurrences());
    }

    private void copy(int warp, int base) {
        block.copy(COPY, warp, ALL, 16, t -> base + 16 * (t % 32), t -> GLOBAL + 16 * t).commit(COMMIT, warp);
    }

    @Test
    void copiesWaitedForAndBarredAreClean() {
        for (int stage = 0; stage < 4; stage++) {
            copy(0, stage % 2 * 1024);
            copy(1, stage % 2 * 1024 + 512);
            int previous = (stage + 1) % 2 * 1024;
            if (stage > 0) {
                block.await(WAIT, 0, 1).await(WAIT, 1, 1).barrier(SYNC).load(LD, 16, t -> previous + 16 * (63 - t)).barrier(SYNC);
            }
        }
        isClean();
    }

    @Test
    void aWaitWithoutBarrierServesOneThreadOnly() {
        copy(0, 0);
        block.await(WAIT, 0, 0).access(LD, MemorySpace.SHARED, AccessKind.LOAD, 0, ALL, 16, t -> 16 * t);
        isClean();
        block.access(LD, MemorySpace.SHARED, AccessKind.LOAD, 1, ALL, 4, t -> 4 * (t - 32));
        says(only(), "read after write", "thread 32 ", "cp.async.cg.shared.global");
    }

    @Test
    void aBarrierWithoutWaitDoesNotOrderACopy() {
        copy(0, 0);
        block.barrier(SYNC).load(LD, 4, t -> 4 * t);
        says(only(), "read after write", "(cp.async, not waited for)");
    }

    @Test
    void aCopyIntoWhatOthersStillReadRaces() {
        block.store(ST, 4, t -> 4 * t).barrier(SYNC).load(LD, 4, t -> 4 * t);
        copy(0, 0);
        says(only(), "write after read", "cp.async");
    }

    @Test
    void aThreadMayNotWriteWhereItsOwnCopyWill() {
        copy(0, 0);
        block.access(ST, MemorySpace.SHARED, AccessKind.STORE, 0, 2, 16, t -> 16 * t);
        says(only(), "write after write", "thread 1 ", "(cp.async, not waited for)");
    }

    @Test
    void rowsOfAMatrixGoToOtherLanes() {
        block.access(ST, MemorySpace.SHARED, AccessKind.STORE, 0, ALL, 16, t -> 16 * t);
        block.access(MATRIX, MemorySpace.SHARED, AccessKind.LOAD, 0, ALL, 16, t -> 16 * t);
        assertEquals(32, only().occurrences());
    }

    @Test
    void warpBarrierServesAMatrix() {
        block.access(ST, MemorySpace.SHARED, AccessKind.STORE, 0, ALL, 16, t -> 16 * t).syncWarp(WARP_SYNC, 0, ALL);
        block.access(MATRIX, MemorySpace.SHARED, AccessKind.LOAD, 0, ALL, 16, t -> 16 * t);
        isClean();
    }

    private ObserverScript.BlockScript global(ObserverScript.BlockScript in, int site, AccessKind kind, int element) {
        return in.access(site, MemorySpace.GLOBAL, kind, 0, 1, 4, t -> GLOBAL + 4 * element);
    }

    @Test
    void blocksThatShareAWordRaceWhicheverComesFirst() {
        var other = script.block(1);
        global(block, ST, AccessKind.STORE, 7);
        global(other, LD, AccessKind.LOAD, 7);
        global(other, LD, AccessKind.LOAD, 8);
        global(block, ST, AccessKind.STORE, 8);
        Finding race = only();
        says(race, "write and read of two blocks at global address 0x7000001c", "of block 0 at", "of block 1 at");
        assertEquals(2, race.occurrences());
    }

    @Test
    void blocksThatOnlyReadOrWriteApartAreClean() {
        for (int number = 0; number < 4; number++) {
            int offset = 2 * number;
            script.block(number).all(LD, MemorySpace.GLOBAL, AccessKind.LOAD, 4, t -> GLOBAL + 4 * t)
                .access(ST, MemorySpace.GLOBAL, AccessKind.STORE, 0, 1, 2, t -> GLOBAL + 0x1000 + offset)
                .access(ATOM, MemorySpace.GLOBAL, AccessKind.ATOMIC, 0, ALL, 4, t -> GLOBAL + 0x2000);
        }
        isClean();
    }

    @Test
    void threadsOfABlockRaceInGlobalMemoryToo() {
        block.all(ST, MemorySpace.GLOBAL, AccessKind.STORE, 4, t -> GLOBAL + 4 * t)
            .all(LD, MemorySpace.GLOBAL, AccessKind.LOAD, 4, t -> GLOBAL + 4 * (63 - t));
        says(only(), "read after write at global address");
    }

    @Test
    void gridSynchronizationOrdersBlocks() {
        var other = script.block(1);
        for (int turn = 0; turn < 3; turn++) {
            global(block, ST, AccessKind.STORE, 0);
            global(other, ST, AccessKind.STORE, 1);
            block.gridSynchronized();
            other.gridSynchronized();
            global(block, LD, AccessKind.LOAD, 1);
            global(other, LD, AccessKind.LOAD, 0);
            other.gridSynchronized();
            block.gridSynchronized();
        }
        isClean();
        global(other, ST, AccessKind.STORE, 0);
        global(block, LD, AccessKind.LOAD, 0);
        assertEquals(1, only().occurrences());
    }

    @Test
    void gridSynchronizationOrdersTheThreadsOfABlockToo() {
        block.store(ST, 4, t -> 4 * t).gridSynchronized().load(LD, 4, t -> 4 * (63 - t));
        isClean();
    }

    /** Each block stores a part, fences and counts itself; the last one adds the parts. */
    private void lastBlockAdds(boolean fenced) {
        for (int number = 0; number < 4; number++) {
            var one = script.block(number);
            int part = number;
            one.access(ST, MemorySpace.GLOBAL, AccessKind.STORE, 1, 1, 4, t -> GLOBAL + 4 * part);
            if (fenced) {
                one.fence(FENCE, 0, ALL).fence(FENCE, 1, ALL);
            }
            one.barrier(SYNC);
            global(one, ATOM, AccessKind.ATOMIC, 100);
            one.barrier(SYNC);
            if (number == 3) {
                one.access(LD, MemorySpace.GLOBAL, AccessKind.LOAD, 1, 0xF, 4, t -> GLOBAL + 4 * (t - 32));
            }
        }
    }

    @Test
    void aFencedCounterOrdersTheLastBlock() {
        lastBlockAdds(true);
        isClean();
    }

    @Test
    void aCounterWithoutFenceDoesNot() {
        lastBlockAdds(false);
        assertEquals(3, only().occurrences());
    }

    @Test
    void releaseAndAcquireChainThroughBlocks() {
        var second = script.block(1);
        var third = script.block(2);
        global(block, ST, AccessKind.STORE, 0);
        global(block, RELEASE, AccessKind.STRONG_STORE, 100);
        global(second, LD, AccessKind.STRONG_LOAD, 100);
        global(second, RELEASE, AccessKind.STRONG_STORE, 101);
        global(third, LD, AccessKind.STRONG_LOAD, 101);
        global(third, LD, AccessKind.LOAD, 0);
        isClean();
        global(block, ST, AccessKind.STORE, 1);
        global(third, LD, AccessKind.LOAD, 1);
        assertEquals(1, only().occurrences());
    }

    @Test
    void launchesAreOrdered() {
        global(block, ST, AccessKind.STORE, 0);
        block.close();
        script.completed();
        var next = new ObserverScript(check, 1, 32, 0, "st.global.f32 [%r1], %f1;");
        next.block(0).access(ST, MemorySpace.GLOBAL, AccessKind.STORE, 0, 2, 4, t -> GLOBAL);
        isClean();
    }
}
