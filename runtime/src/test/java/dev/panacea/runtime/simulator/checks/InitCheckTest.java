package dev.panacea.runtime.simulator.checks;

import static dev.panacea.runtime.simulator.checks.ObserverScript.ALL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.runtime.simulator.observation.AccessKind;
import dev.panacea.runtime.simulator.observation.MemorySpace;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class InitCheckTest {
    private static final int ST = 0;
    private static final int LD = 1;
    private static final int COPY = 2;
    private static final int COMMIT = 3;
    private static final int WAIT = 4;
    private static final long BUFFER = 0x7f00_0000_0100L;

    private final InitCheck check = new InitCheck();
    private ObserverScript script;
    private ObserverScript.BlockScript block;

    @BeforeEach
    void allocate() {
        check.allocated(BUFFER, 4096);
        script = new ObserverScript(check, 2, 64, 4096, "st.shared.f32 [%r1], %f1;", "ld.shared.f32 %f2, [%r2];",
            "cp.async.cg.shared.global [%r4], [%rd1], 16;", "cp.async.commit_group;", "cp.async.wait_group 1;");
        block = script.block(0);
    }

    private void finds(long occurrences, String... parts) {
        assertEquals(1, check.findings().size(), check.findings().toString());
        Finding finding = check.findings().getFirst();
        assertEquals(occurrences, finding.occurrences());
        for (String part : parts) {
            assertTrue(finding.message().contains(part), finding.message() + " lacks: " + part);
        }
    }

    private void isClean() {
        assertEquals(List.of(), check.findings());
    }

    private void global(ObserverScript.BlockScript in, int site, AccessKind kind, int bytes, long offset) {
        in.access(site, MemorySpace.GLOBAL, kind, 0, 1, bytes, t -> BUFFER + offset);
    }

    @Test
    void sharedMemoryStartsUnwritten() {
        block.store(ST, 4, t -> 4 * t).load(LD, 4, t -> 4 * t);
        isClean();
        block.load(LD, 4, t -> 4 * t + 128);
        finds(32, "thread 32 (warp 1 lane 0) of block 0 reads 4 bytes at shared address 0x100", "planted line 11: ld.shared.f32");
    }

    @Test
    void eachBlockHasItsOwnSharedMemory() {
        block.store(ST, 4, t -> 4 * t);
        script.block(1).load(LD, 4, t -> 4 * t);
        finds(64, "of block 1 reads");
    }

    @Test
    void oneUnwrittenByteOfAVectorIsEnough() {
        block.access(ST, MemorySpace.SHARED, AccessKind.STORE, 0, 0xF, 4, t -> 4 * t);
        block.access(ST, MemorySpace.SHARED, AccessKind.STORE, 0, 7, 1, t -> 16 + t);
        block.access(LD, MemorySpace.SHARED, AccessKind.LOAD, 0, 1, 16, t -> 0);
        isClean();
        block.access(LD, MemorySpace.SHARED, AccessKind.LOAD, 0, 1, 16, t -> 4);
        finds(1, "reads 16 bytes at shared address 0x4");
    }

    @Test
    void anAtomicUsesWhatItAddsTo() {
        block.access(ST, MemorySpace.SHARED, AccessKind.ATOMIC, 0, ALL, 4, t -> 0);
        finds(32, "shared address 0x0");
        block.access(LD, MemorySpace.SHARED, AccessKind.LOAD, 0, 1, 4, t -> 0);
        finds(32);
    }

    @Test
    void localMemoryIsEachThreadsOwn() {
        block.access(ST, MemorySpace.LOCAL, AccessKind.STORE, 0, 0xFF, 8, t -> 120)
            .access(LD, MemorySpace.LOCAL, AccessKind.LOAD, 0, 0xFF, 4, t -> 124);
        isClean();
        block.access(LD, MemorySpace.LOCAL, AccessKind.LOAD, 0, 0x1FF, 4, t -> 124);
        finds(1, "thread 8 ", "local address 0x7c");
    }

    @Test
    void deviceMemoryStartsUnwrittenUntilCopiedFilledOrStored() {
        check.written(BUFFER, 256);
        global(block, LD, AccessKind.LOAD, 16, 240);
        global(block, ST, AccessKind.STORE, 2, 256);
        global(script.block(1), LD, AccessKind.LOAD, 2, 256);
        isClean();
        global(block, LD, AccessKind.LOAD, 4, 256);
        finds(1, "reads 4 bytes at global address 0x7f0000000200");
    }

    @Test
    void memoryGivenBackIsUnwrittenWhenItReturns() {
        check.written(BUFFER, 4096);
        check.freed(BUFFER, 4096);
        check.allocated(BUFFER, 4096);
        global(script.block(1), LD, AccessKind.LOAD, 4, 0);
        finds(1, "global address");
    }

    @Test
    void addressesOutsideAllocationsAreNotJudged() {
        global(block, LD, AccessKind.LOAD, 4, -64);
        global(block, LD, AccessKind.LOAD, 16, 4088);
        block.access(LD, MemorySpace.SHARED, AccessKind.LOAD, 0, 3, 4, t -> t == 0 ? -4 : 4096);
        isClean();
    }

    private void copy(int stage) {
        for (int warp = 0; warp < 2; warp++) {
            block.copy(COPY, warp, ALL, 16, t -> stage % 2 * 1024 + 16 * t, t -> BUFFER + 16 * t).commit(COMMIT, warp);
        }
    }

    @Test
    void aPipelineThatWaitsIsClean() {
        check.written(BUFFER, 4096);
        copy(0);
        for (int stage = 1; stage < 5; stage++) {
            copy(stage);
            int previous = (stage - 1) % 2 * 1024;
            block.await(WAIT, 0, 1).await(WAIT, 1, 1).load(LD, 16, t -> previous + 16 * (63 - t));
        }
        block.awaitAll(WAIT, 0).awaitAll(WAIT, 1).load(LD, 16, t -> 16 * t);
        isClean();
    }

    @Test
    void readingACopyUnderWayIsItsOwnFinding() {
        check.written(BUFFER, 4096);
        copy(0);
        copy(1);
        copy(0);
        block.await(WAIT, 0, 2).await(WAIT, 1, 2).load(LD, 16, t -> 1024 + 16 * t);
        finds(64, "before cp.async was waited for", "shared address 0x400", "there is under way planted line 12: cp.async");
    }

    @Test
    void whatIsInNoGroupIsWaitedForByWaitAllAlone() {
        check.written(BUFFER, 4096);
        block.copy(COPY, 0, ALL, 16, t -> 16 * t, t -> BUFFER).awaitAll(WAIT, 0)
            .access(LD, MemorySpace.SHARED, AccessKind.LOAD, 0, ALL, 16, t -> 16 * t);
        isClean();
        block.copy(COPY, 0, ALL, 16, t -> 16 * t, t -> BUFFER).await(WAIT, 0, 0)
            .access(LD, MemorySpace.SHARED, AccessKind.LOAD, 0, ALL, 16, t -> 16 * t);
        finds(32, "before cp.async was waited for");
    }

    @Test
    void aCopyReadsItsSource() {
        check.written(BUFFER, 1008);
        copy(0);
        finds(1, "thread 63 ", "global address 0x7f00000004f0", "cp.async");
    }

    @Test
    void findingsDoNotDependOnWhichBlockComesFirst() {
        script.block(1).load(LD, 4, t -> 4 * t);
        block.load(LD, 4, t -> 4 * t);
        finds(128, "of block 0 reads");
    }

    @Test
    void marksOfManyThreadsAddUpToWhatWasWritten() {
        long seed = new SplittableRandom().nextLong();
        int bytes = 3 << 20;
        WrittenMemory memory = new WrittenMemory();
        memory.allocated(BUFFER, bytes);
        List<BitSet> written = IntStream.range(0, 8).parallel().mapToObj(part -> {
            SplittableRandom random = new SplittableRandom(seed + part);
            BitSet mine = new BitSet();
            for (int i = 0; i < 2000; i++) {
                int from = random.nextInt(bytes);
                int count = Math.min(1 + random.nextInt(1 << random.nextInt(12)), bytes - from);
                memory.at(BUFFER + from).mark(BUFFER + from, count);
                mine.set(from, from + count);
            }
            return mine;
        }).toList();
        BitSet all = new BitSet();
        written.forEach(all::or);
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 20_000; i++) {
            int from = random.nextInt(bytes);
            int count = Math.min(1 << random.nextInt(5), bytes - from);
            assertEquals(all.nextClearBit(from) >= from + count, memory.at(BUFFER + from).isWritten(BUFFER + from, count),
                "bytes " + from + " to " + (from + count) + ", seed " + seed);
        }
    }
}
