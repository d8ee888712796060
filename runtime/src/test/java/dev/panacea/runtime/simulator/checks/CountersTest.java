package dev.panacea.runtime.simulator.checks;

import static dev.panacea.runtime.simulator.checks.ObserverScript.ALL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.runtime.simulator.observation.AccessKind;
import dev.panacea.runtime.simulator.observation.InstructionClass;
import dev.panacea.runtime.simulator.observation.MemorySpace;
import dev.panacea.runtime.simulator.observation.Site;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CountersTest {
    private static final String[] KERNEL = {"ld.global.f32 %f1, [%rd1];", "st.global.f32 [%rd2], %f1;", "ld.shared.f32 %f2, [%r1];",
        "cp.async.cg.shared.global [%r4], [%rd1], 16;", "cp.async.commit_group;", "cp.async.wait_group 1;",
        "atom.global.add.u32 %r3, [%rd3], 1;", "ld.local.u32 %r5, [%rd4];", "@%p1 bra $L__BB0_2;", "fma.rn.f32 %f3, %f1, %f2, %f3;",
        "bar.sync 0;"};
    private static final int LD = 0;
    private static final int ST = 1;
    private static final int LDS = 2;
    private static final int COPY = 3;
    private static final int COMMIT = 4;
    private static final int WAIT = 5;
    private static final int ATOM = 6;
    private static final int LDL = 7;
    private static final int BRA = 8;
    private static final int FMA = 9;
    private static final int BAR = 10;

    private static LaunchCounters count(int blocks, int threads, Consumer<ObserverScript.BlockScript> body) {
        Counters counters = new Counters();
        ObserverScript script = new ObserverScript(counters, blocks, threads, 4096, KERNEL);
        IntStream.range(0, blocks).parallel().forEach(number -> {
            var block = script.block(number);
            body.accept(block);
            block.close();
        });
        script.completed();
        return counters.launches().getFirst();
    }

    private static Traffic loads(int bytes, IntToLongFunction address) {
        return count(1, 32, block -> block.access(LD, MemorySpace.GLOBAL, AccessKind.LOAD, 0, ALL, bytes, address)).globalLoads();
    }

    @ParameterizedTest
    @CsvSource({"1,4", "2,8", "8,32", "32,32", "0,1"})
    void sectorsOfStridedFloats(int stride, int sectors) {
        Traffic traffic = loads(4, t -> 0x1000 + 4L * stride * t);
        assertEquals(new Traffic(1, sectors, 128), traffic);
        assertEquals(sectors, traffic.sectorsPerRequest());
        assertEquals(32 * sectors, traffic.movedBytes());
    }

    @Test
    void misalignedVectorsTakeOneMore() {
        assertEquals(16, loads(16, t -> 0x1000 + 16L * t).sectors());
        assertEquals(17, loads(16, t -> 0x1010 + 16L * t).sectors());
        assertEquals(5, loads(4, t -> 0x1004 + 4L * t).sectors());
    }

    @Test
    void lanesInAnyOrderShareSectors() {
        assertEquals(4, loads(4, t -> 0x1000 + 4L * (t * 13 % 32)).sectors());
    }

    @Test
    void kindsOfTrafficAreKeptApart() {
        LaunchCounters counters = count(3, 64, block -> block.all(LD, MemorySpace.GLOBAL, AccessKind.LOAD, 4, t -> 4L * t)
            .all(ST, MemorySpace.GLOBAL, AccessKind.STORE, 2, t -> 2L * t).all(ATOM, MemorySpace.GLOBAL, AccessKind.ATOMIC, 4, t -> 0)
            .all(LDL, MemorySpace.LOCAL, AccessKind.LOAD, 4, t -> 0));
        assertEquals(new Traffic(6, 24, 768), counters.globalLoads());
        assertEquals(new Traffic(6, 12, 384), counters.globalStores());
        assertEquals(new Traffic(6, 6, 768), counters.globalAtomics());
        assertEquals(192, counters.atomics());
        assertEquals(768, counters.localBytes());
        assertEquals(42.0 / 18, counters.sectorsPerRequest());
    }

    @Test
    void linesNameTheConflicts() {
        LaunchCounters counters = count(2, 32, block -> block.load(LDS, 4, t -> 4L * t)
            .access(LDS, MemorySpace.SHARED, AccessKind.LOAD, 0, ALL, 4, t -> 32L * t)
            .copy(COPY, 0, ALL, 16, t -> 128L * t, t -> 16L * t));
        assertEquals(new SharedTraffic(6, 82, 12, 1536), counters.shared());
        assertEquals(List.of(14L, 56L), counters.lines().stream().map(line -> line.shared().conflicts()).toList());
        assertEquals(70.0 / 6, counters.conflictsPerRequest());
        assertTrue(counters.table().contains("56  line 13: cp.async.cg"), counters.table());
    }

    @Test
    void copiesCountBytesAndGroupsInFlight() {
        LaunchCounters counters = count(2, 64, block -> {
            for (int warp = 0; warp < 2; warp++) {
                for (int stage = 0; stage < 5; stage++) {
                    block.copy(COPY, warp, ALL, 16, t -> 16L * t, t -> 16L * t).commit(COMMIT, warp);
                    if (stage > 1) {
                        block.await(WAIT, warp, 2);
                    }
                }
                block.awaitAll(WAIT, warp).commit(COMMIT, warp);
            }
        });
        assertEquals(new AsyncTraffic(2 * 2 * 5 * 512, 24, 3), counters.async());
        assertEquals(new Traffic(20, 320, 10240), counters.globalLoads());
    }

    @Test
    void waitingForMoreThanIsUnderWayAddsNothing() {
        assertEquals(2, count(1, 32, block -> block.commit(COMMIT, 0).await(WAIT, 0, 4).commit(COMMIT, 0)).async().greatestInFlight());
    }

    @Test
    void instructionsByClassAndIdleLanes() {
        LaunchCounters counters = count(4, 32, block -> block.diverge(BRA, 0, 0xFF).execute(FMA, 0, 0xFF).barrier(BAR).gridSynchronized());
        assertEquals(new InstructionCount(4, 32), counters.instructions().get(InstructionClass.FLOAT32));
        assertEquals(new InstructionCount(12, 4 * 72), counters.total());
        assertEquals(24, counters.activeLanes());
        assertEquals(List.of(4L, 4L, 4L), List.of(counters.divergentBranches(), counters.barriers(), counters.gridSynchronizations()));
        assertEquals(new Flops(0, 64, 0, 0), counters.flops());
        assertEquals(12.0 / 64, counters.instructionsPerFlop());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%f1}, {%r1}, {%r2}, {%f1}; | 0 | 0 | 0 | 4096",
        "mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%f1}, {%r1}, {%r2}, {%f1};  | 0 | 0 | 0 | 2048",
        "mma.sync.aligned.m16n8k32.row.col.s32.s8.s8.s32 {%r1}, {%r2}, {%r3}, {%r1};     | 0 | 0 | 0 | 0",
        "wgmma.mma_async.sync.aligned.m64n64k16.f32.bf16.bf16 {%f1}, %rd1, %rd2, 1;      | 0 | 0 | 0 | 32768",
        "@%p3 fma.rn.f32 %f1, %f2, %f3, %f4; | 0 | 64 | 0 | 0",
        "add.f64 %fd1, %fd2, %fd3;           | 0 | 0 | 32 | 0",
        "fma.rn.bf16x2 %r1, %r2, %r3, %r4;   | 128 | 0 | 0 | 0",
        "mul.f16 %h1, %h2, %h3;              | 32 | 0 | 0 | 0",
        "mul.wide.u32 %rd1, %r1, 4;          | 0 | 0 | 0 | 0",
        "ex2.approx.f32 %f1, %f2;            | 0 | 0 | 0 | 0"})
    void flopsAreReadFromTheText(String text, long half, long single, long doubles, long tensor) {
        InstructionClass type = text.contains("mma.") ? InstructionClass.TENSOR : InstructionClass.FLOAT32;
        Site site = new Site("k", 0, 1, text, type);
        assertEquals(new Flops(half, single, doubles, tensor), Flops.of(site, new InstructionCount(1, 32)));
    }

    @Test
    void launchesOfOneKernelAddUp() {
        LaunchCounters one = count(1, 32, block -> block.execute(FMA, 0, ALL).load(LDS, 4, t -> 8L * t));
        LaunchCounters two = count(2, 32, block -> block.execute(FMA, 0, 1).diverge(BRA, 0, 1));
        LaunchCounters both = one.plus(two);
        assertEquals(List.of(2L, 3L), List.of(both.launches(), both.blocks()));
        assertEquals(new Flops(0, 68, 0, 0), both.flops());
        assertEquals(List.of(LDS, BRA, FMA), both.lines().stream().map(line -> line.site().index()).toList());
        assertEquals(one.shared(), both.shared());
        var other = new LaunchCounters("other", 1, 1, one.instructions(), one.total(), one.flops(), one.globalLoads(), one.globalStores(),
            one.globalAtomics(), one.shared(), 0, 0, 0, 0, 0, one.async(), one.lines());
        assertThrows(IllegalArgumentException.class, () -> one.plus(other));
    }
}
