package dev.panacea.runtime.simulator;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.runtime.cuda.LaunchGeometry;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Lanes that go different ways, and come together again. */
class DivergenceTest {
    private static final int THREADS = 96;

    /** In rotation, with turns of one instruction, and in three random orders. */
    private static List<SimulatorOptions> orders() {
        SimulatorOptions options = SimulatorOptions.defaults().withInstructionLimit(20_000_000);
        return List.of(options, options.withSlice(1), options.withOrder(WarpOrder.random(1)), options.withOrder(WarpOrder.random(2)),
            options.withOrder(WarpOrder.random(3)).withSlice(3));
    }

    private static void expect(String body, java.util.function.IntUnaryOperator expected) {
        for (SimulatorOptions options : orders()) {
            int[] result = new SimulatedGpu(options).runWords(body, THREADS);
            assertArrayEquals(IntStream.range(0, THREADS).map(expected).toArray(), result, options.toString());
        }
    }

    @Test
    void nestedBranchesMeetAgain() {
        expect("""
            mov.u32 %r10, 0;
            and.b32 %r11, %r2, 1;
            setp.eq.u32 %p1, %r11, 0;
            @%p1 bra EVEN;
            and.b32 %r11, %r2, 2;
            setp.eq.u32 %p2, %r11, 0;
            @%p2 bra ONE;
            add.u32 %r10, %r10, 300;
            bra.uni ODD;
            ONE: add.u32 %r10, %r10, 100;
            ODD: add.u32 %r10, %r10, 7;
            bra.uni DONE;
            EVEN: add.u32 %r10, %r10, 50;
            DONE: activemask.b32 %r12;
            popc.b32 %r12, %r12;
            mad.lo.u32 %r10, %r12, 1000, %r10;
            cvt.u64.u32 %rd10, %r10;
            st.global.u64 [%rd4], %rd10;
            """, t -> 32000 + (t % 2 == 0 ? 50 : 7 + (t % 4 == 1 ? 100 : 300)));
    }

    @Test
    void loopsOfDifferentLengthsMeetBehindThem() {
        expect("""
            mov.u32 %r10, 0;
            mov.u32 %r11, 0;
            setp.eq.u32 %p1, %r2, 0;
            @%p1 bra DONE;
            LOOP: add.u32 %r10, %r10, %r11;
            add.u32 %r11, %r11, 1;
            setp.gt.u32 %p2, %r10, 400;
            @%p2 bra DONE;
            and.b32 %r12, %r11, 3;
            setp.eq.u32 %p3, %r12, 0;
            @%p3 bra NEXT;
            add.u32 %r10, %r10, 1;
            NEXT: setp.lt.u32 %p4, %r11, %r2;
            @%p4 bra LOOP;
            DONE: activemask.b32 %r12;
            popc.b32 %r12, %r12;
            mad.lo.u32 %r10, %r12, 10000, %r10;
            cvt.u64.u32 %rd10, %r10;
            st.global.u64 [%rd4], %rd10;
            """, DivergenceTest::loop);
    }

    private static int loop(int thread) {
        int sum = 0;
        for (int i = 0; i < thread;) {
            sum += i++;
            if (sum > 400) {
                break;
            }
            sum += i % 4 == 0 ? 0 : 1;
        }
        return 320000 + sum;
    }

    @Test
    void lanesThatExitEarlyAreNotWaitedFor() {
        expect("""
            and.b32 %r11, %r2, 3;
            cvt.u64.u32 %rd10, %r11;
            st.global.u64 [%rd4], %rd10;
            setp.eq.u32 %p1, %r11, 3;
            @%p1 exit;
            setp.eq.u32 %p1, %r11, 2;
            @%p1 ret;
            bar.warp.sync 0xffffffff;
            bar.sync 0;
            vote.sync.ballot.b32 %r12, 1, 0xffffffff;
            cvt.u64.u32 %rd10, %r12;
            st.global.u64 [%rd4], %rd10;
            """, t -> t % 4 < 2 ? 0x33333333 : t % 4);
    }

    @Test
    void everyLaneOfAWarpTakesASpinLock() {
        for (SimulatorOptions options : orders()) {
            long[] result = new SimulatedGpu(options).run("""
                SPIN: atom.global.cas.b32 %r10, [%rd2], 0, 1;
                setp.ne.u32 %p1, %r10, 0;
                @%p1 bra SPIN;
                ld.volatile.global.u32 %r11, [%rd2+8];
                add.u32 %r11, %r11, %r2;
                st.volatile.global.u32 [%rd2+8], %r11;
                membar.gl;
                atom.global.exch.b32 %r12, [%rd2], 0;
                bar.sync 0;
                ld.volatile.global.u64 %rd10, [%rd2+8];
                st.global.u64 [%rd4], %rd10;
                """, THREADS, 0, 0);
            assertEquals(THREADS * (THREADS - 1) / 2, result[0], options.toString());
            assertTrue(Arrays.stream(result).allMatch(value -> value == result[0]));
        }
    }

    @Test
    void indexedBranchesGoWhereTheirTableSays() {
        expect("""
            rem.u32 %r10, %r2, 3;
            TABLE: .branchtargets A, B, C;
            brx.idx %r10, TABLE;
            A: mov.u32 %r11, 10;
            bra.uni OUT;
            B: mov.u32 %r11, 20;
            bra.uni OUT;
            C: mov.u32 %r11, 30;
            OUT: activemask.b32 %r12;
            popc.b32 %r12, %r12;
            mad.lo.u32 %r11, %r12, 100, %r11;
            cvt.u64.u32 %rd10, %r11;
            st.global.u64 [%rd4], %rd10;
            """, t -> 3200 + 10 * (t % 3 + 1));
    }

    @Test
    void warpsHandDataToEachOtherByFlags() {
        String ptx = SimulatedGpu.kernel("""
            .shared .align 8 .b64 cell;
            .shared .align 4 .b32 flag;
            mov.u32 %r20, 0;
            setp.ne.u32 %p1, %r2, 0;
            @%p1 bra READY;
            st.shared.u32 [flag], 0;
            READY: bar.sync 0;
            shr.u32 %r10, %r2, 5;
            setp.eq.u32 %p1, %r10, 1;
            @%p1 bra CONSUMER;
            setp.ne.u32 %p2, %r2, 0;
            @%p2 bra DONE;
            mov.u64 %rd10, 4711;
            st.shared.u64 [cell], %rd10;
            membar.cta;
            st.volatile.shared.u32 [flag], 1;
            bra.uni DONE;
            CONSUMER: ld.volatile.shared.u32 %r11, [flag];
            setp.eq.u32 %p3, %r11, 0;
            @%p3 bra CONSUMER;
            ld.shared.u64 %rd11, [cell];
            st.global.u64 [%rd4], %rd11;
            DONE:
            """);
        for (SimulatorOptions options : orders()) {
            long[] result = new SimulatedGpu(options).run(ptx, new LaunchGeometry(1, 64), new long[0], 0, 64);
            assertTrue(Arrays.stream(result, 32, 64).allMatch(value -> value == 4711), options.toString());
        }
    }

    @Test
    void lanesNamedByAMaskWaitForEachOther() {
        expect("""
            and.b32 %r11, %r2, 1;
            setp.eq.u32 %p1, %r11, 0;
            mov.u32 %r12, 0;
            @%p1 bra SUM;
            mov.u32 %r13, 0;
            WASTE: add.u32 %r13, %r13, 1;
            setp.lt.u32 %p2, %r13, 50;
            @%p2 bra WASTE;
            SUM: redux.sync.add.s32 %r14, %r2, 0xffffffff;
            shfl.sync.bfly.b32 %r15|%p3, %r14, 1, 0x1f, 0xffffffff;
            cvt.u64.u32 %rd10, %r15;
            st.global.u64 [%rd4], %rd10;
            """, t -> (t / 32 * 32) * 32 + 496);
    }
}
