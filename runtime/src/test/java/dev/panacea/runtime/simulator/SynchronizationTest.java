package dev.panacea.runtime.simulator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.runtime.cuda.CudaError;
import dev.panacea.runtime.cuda.CudaException;
import dev.panacea.runtime.cuda.CudaModule;
import dev.panacea.runtime.cuda.LaunchGeometry;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Barriers, atomics, copies under way and grids that wait for all their blocks. */
class SynchronizationTest {
    private final long seed = new Random().nextLong();
    private final Random random = new Random(seed);

    private static SimulatedGpu adversary(long seed) {
        return new SimulatedGpu(SimulatorOptions.defaults().withOrder(WarpOrder.random(seed)).withInstructionLimit(50_000_000));
    }

    @Test
    void barriersOrderWarps() {
        long[] result = adversary(seed).run("""
            .shared .align 4 .b32 a[256];
            shl.b32 %r10, %r2, 2;
            mov.u32 %r11, a;
            add.u32 %r12, %r11, %r10;
            st.shared.u32 [%r12], %r2;
            bar.sync 0;
            xor.b32 %r13, %r10, 1020;
            add.u32 %r13, %r11, %r13;
            ld.shared.u32 %r14, [%r13];
            cvt.u64.u32 %rd10, %r14;
            st.global.u64 [%rd4], %rd10;
            """, 256);
        assertTrue(IntStream.range(0, 256).allMatch(i -> result[i] == 255 - i), "seed " + seed);
    }

    @Test
    void reductionsOfABarrierCountPredicates() {
        long[] result = adversary(seed).run("""
            and.b32 %r10, %r2, 3;
            setp.eq.u32 %p1, %r10, 0;
            bar.red.popc.u32 %r11, 0, %p1;
            bar.red.and.pred %p2, 0, %p1;
            bar.red.or.pred %p3, 0, %p1;
            selp.u32 %r12, 1000, 0, %p2;
            selp.u32 %r13, 100, 0, %p3;
            add.u32 %r11, %r11, %r12;
            add.u32 %r11, %r11, %r13;
            cvt.u64.u32 %rd10, %r11;
            st.global.u64 [%rd4], %rd10;
            """, 128);
        assertTrue(Arrays.stream(result).allMatch(value -> value == 132), Arrays.toString(result));
    }

    @Test
    void producersArriveAndConsumersWait() {
        long[] result = adversary(seed).run("""
            .shared .align 4 .b32 a[32];
            mov.u32 %r11, a;
            and.b32 %r10, %r2, 31;
            shl.b32 %r12, %r10, 2;
            add.u32 %r12, %r11, %r12;
            setp.lt.u32 %p1, %r2, 32;
            @%p1 bra PRODUCE;
            bar.sync 3, 64;
            ld.shared.u32 %r13, [%r12];
            bra.uni OUT;
            PRODUCE: add.u32 %r13, %r2, 500;
            st.shared.u32 [%r12], %r13;
            bar.arrive 3, 64;
            OUT: cvt.u64.u32 %rd10, %r13;
            st.global.u64 [%rd4], %rd10;
            """, 64);
        assertTrue(IntStream.range(0, 64).allMatch(i -> result[i] == 500 + i % 32), Arrays.toString(result));
    }

    @Test
    void aDeadlockTellsWhoWaitsWhere() {
        CudaException thrown = assertThrows(CudaException.class, () -> new SimulatedGpu().run("""
            setp.lt.u32 %p1, %r2, 32;
            @%p1 bra ONE;
            bar.sync 2, 64;
            bra.uni OUT;
            ONE: bar.sync 1, 64;
            OUT:
            """, 64));
        assertEquals(CudaError.LAUNCH_TIMEOUT, thrown.error());
        assertTrue(thrown.getMessage().contains("k deadlocks in block (0, 0, 0)"), thrown.getMessage());
        assertTrue(thrown.getMessage().contains("warp 0 lanes 0xffffffff wait at k line 28: bar.sync 1, 64;"), thrown.getMessage());
        assertTrue(thrown.getMessage().contains("warp 1 lanes 0xffffffff wait at k line 26: bar.sync 2, 64;"), thrown.getMessage());
    }

    @Test
    void aKernelThatRunsForeverIsStopped() {
        SimulatedGpu gpu = new SimulatedGpu(SimulatorOptions.defaults().withInstructionLimit(100_000));
        CudaException thrown = assertThrows(CudaException.class, () -> gpu.run("FOREVER: bra FOREVER;", 32));
        assertEquals(CudaError.LAUNCH_TIMEOUT, thrown.error());
        assertTrue(thrown.getMessage().contains("k ran more than 100000 warp instructions"), thrown.getMessage());
    }

    @ParameterizedTest
    @CsvSource({"add.u32,10", "max.s32,4", "min.u32,1", "or.b32,7", "xor.b32,0", "and.b32,0", "inc.u32,1", "exch.b32,1"})
    void integerAtomicsUpdateOneWord(String operator, int start) {
        int threads = 96;
        long[] in = new long[threads + 1];
        in[0] = start;
        for (int i = 1; i <= threads; i++) {
            in[i] = operator.startsWith("inc") ? 6 : random.nextInt() & 0xFFFFFFFFL;
        }
        long[] result = new SimulatedGpu().run("ld.global.u32 %r10, [%rd5+8]; atom.global." + operator + " %r11, [%rd2], %r10; bar.sync 0;"
            + "ld.global.u32 %r12, [%rd2]; mov.b64 %rd10, {%r11, %r12}; st.global.u64 [%rd4], %rd10;", threads, in);
        int value = start;
        for (int i = 0; i < threads; i++) {
            assertEquals(value, (int) result[i], operator + " lane " + i + " seed " + seed);
            value = update(operator, value, (int) in[i + 1]);
        }
        assertEquals(value, (int) (result[0] >>> 32), operator + " seed " + seed);
    }

    private static int update(String operator, int old, int by) {
        return switch (operator) {
            case "add.u32" -> old + by;
            case "max.s32" -> Math.max(old, by);
            case "min.u32" -> Integer.compareUnsigned(old, by) < 0 ? old : by;
            case "or.b32" -> old | by;
            case "xor.b32" -> old ^ by;
            case "and.b32" -> old & by;
            case "inc.u32" -> Integer.compareUnsigned(old, by) >= 0 ? 0 : old + 1;
            default -> by;
        };
    }

    @Test
    void blocksOnSeveralThreadsLoseNoUpdate() {
        SimulatedGpu gpu = new SimulatedGpu(SimulatorOptions.defaults().withWorkers(4));
        String ptx = SimulatedGpu.kernel("red.global.add.u64 [%rd2], 3; red.global.max.u32 [%rd2+8], %r5;");
        CudaModule module = gpu.load(ptx);
        long cells = gpu.upload(0, 0);
        gpu.launch(module, new LaunchGeometry(200, 64), cells, cells, 0);
        long[] result = gpu.download(cells, 2);
        assertEquals(200 * 64 * 3, result[0]);
        assertEquals(200 * 64 - 1, result[1]);
    }

    @Test
    void floatAtomicsGiveTheSameBitsEachTime() {
        String ptx = SimulatedGpu.kernel("ld.global.f32 %f10, [%rd5+8]; red.global.add.f32 [%rd2], %f10;");
        long[] in = LongStream.concat(LongStream.of(0), random.doubles(512).mapToLong(x -> Float.floatToRawIntBits((float) x))).toArray();
        float expected = 0;
        for (int i = 1; i < in.length; i++) {
            expected += Float.intBitsToFloat((int) in[i]);
        }
        SimulatedGpu gpu = new SimulatedGpu(SimulatorOptions.defaults().withWorkers(4));
        CudaModule module = gpu.load(ptx);
        long cells = gpu.upload(in);
        gpu.launch(module, new LaunchGeometry(8, 64), cells, cells, 0);
        assertEquals(expected, Float.intBitsToFloat((int) gpu.download(cells, 1)[0]), "seed " + seed);
    }

    private static final String COPY = """
        .shared .align 16 .b8 a[1024];
        mov.u32 %r11, a;
        shl.b32 %r10, %r2, 4;
        add.u32 %r12, %r11, %r10;
        mov.u64 %rd13, -2;
        st.shared.u64 [%r12], %rd13;
        mul.wide.u32 %rd10, %r2, 16;
        add.u64 %rd11, %rd2, %rd10;
        """;
    private static final String READ = "ld.shared.u64 %rd12, [%r12]; st.global.u64 [%rd4], %rd12;";

    @Test
    void asynchronousCopiesLandWhereTheyAreWaitedFor() {
        long[] in = random.longs(64).toArray();
        String start = COPY + "cp.async.cg.shared.global [%r12], [%rd11], 16; cp.async.commit_group;";
        long[] early = new SimulatedGpu().run(start + READ, 32, in);
        assertTrue(Arrays.stream(early).allMatch(value -> value == -2), "nothing may be there before the wait");
        long[] late = new SimulatedGpu().run(start + "cp.async.wait_group 0;" + READ, 32, in);
        assertTrue(IntStream.range(0, 32).allMatch(i -> late[i] == in[2 * i]), "seed " + seed);
        long[] pending = new SimulatedGpu().run(start + "cp.async.commit_group; cp.async.wait_group 2;" + READ, 32, in);
        assertTrue(Arrays.stream(pending).allMatch(value -> value == -2), "two groups may still be under way");
        long[] second = new SimulatedGpu().run(start + "cp.async.commit_group; cp.async.wait_group 1;" + READ, 32, in);
        assertTrue(IntStream.range(0, 32).allMatch(i -> second[i] == in[2 * i]), "seed " + seed);
    }

    @Test
    void whatASourceLacksIsZero() {
        long[] in = LongStream.range(0, 64).map(i -> -1).toArray();
        long[] result = new SimulatedGpu().run(COPY + "cp.async.ca.shared.global [%r12], [%rd11], 8, 5; cp.async.wait_all;" + READ, 32, in);
        assertTrue(Arrays.stream(result).allMatch(value -> value == 0xFF_FFFF_FFFFL), Arrays.toString(result));
    }

    /** What cooperative_groups compiles grid.sync() to. */
    private static final String GRID_BARRIER = """
        mov.u32 %r30, %envreg1;
        mov.u32 %r31, %envreg2;
        mov.b64 %rd30, {%r31, %r30};
        bar.sync 0;
        setp.ne.u32 %p10, %r2, 0;
        @%p10 bra BEHIND;
        mov.u32 %r32, %nctaid.x;
        sub.u32 %r33, 0x80000001, %r32;
        setp.eq.u32 %p11, %r3, 0;
        selp.b32 %r34, %r33, 1, %p11;
        atom.add.release.gpu.u32 %r35, [%rd30+4], %r34;
        SPIN: ld.acquire.gpu.u32 %r36, [%rd30+4];
        xor.b32 %r37, %r36, %r35;
        setp.gt.s32 %p12, %r37, -1;
        @%p12 bra SPIN;
        BEHIND: bar.sync 0;
        """;

    @Test
    void blocksOfACooperativeGridWaitForEachOther() {
        int blocks = 20;
        String ptx = SimulatedGpu.kernel("cvt.u64.u32 %rd10, %r5; st.global.u64 [%rd5], %rd10;" + GRID_BARRIER + """
            mul.lo.u32 %r10, %r32, %r4;
            mov.u32 %r32, %nctaid.x;
            mul.lo.u32 %r10, %r32, %r4;
            sub.u32 %r10, %r10, 1;
            sub.u32 %r10, %r10, %r5;
            mul.wide.u32 %rd11, %r10, 8;
            add.u64 %rd11, %rd2, %rd11;
            ld.global.u64 %rd12, [%rd11];
            st.global.u64 [%rd4], %rd12;
            """);
        long[] result = adversary(seed).run(ptx, new LaunchGeometry(blocks, 40).cooperatively(), new long[blocks * 40], 0, blocks * 40);
        assertTrue(IntStream.range(0, result.length).allMatch(i -> result[i] == result.length - 1 - i), "seed " + seed);
    }

    @Test
    void aCooperativeGridThatDoesNotFitIsRefused() {
        SimulatedGpu gpu = new SimulatedGpu();
        CudaException thrown = assertThrows(CudaException.class,
            () -> gpu.run(SimulatedGpu.kernel(""), new LaunchGeometry(108 * 2 + 1, 1024).cooperatively(), new long[0], 0, 1));
        assertTrue(thrown.getMessage().contains("217 blocks, and 216 can be resident"), thrown.getMessage());
    }
}
