package dev.panacea.runtime.simulator;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.runtime.cuda.CudaError;
import dev.panacea.runtime.cuda.CudaException;
import dev.panacea.runtime.cuda.LaunchGeometry;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Device functions: by name, by address, recursive, and those of the driver. */
class FunctionCallTest {
    private static final String FUNCTIONS = """
        .func (.param .b32 result) twice(.param .b32 x)
        {
            .reg .b32 %r<3>;
            ld.param.u32 %r1, [x];
            shl.b32 %r2, %r1, 1;
            st.param.b32 [result+0], %r2;
            ret;
        }
        .func (.param .b32 result) fib(.param .b32 x)
        {
            .reg .pred %p<2>;
            .reg .b32 %r<8>;
            ld.param.u32 %r1, [x];
            mov.u32 %r5, %r1;
            setp.lt.u32 %p1, %r1, 2;
            @%p1 bra DONE;
            sub.u32 %r2, %r1, 1;
            { .param .b32 p; st.param.b32 [p], %r2; .param .b32 v; call.uni (v), fib, (p); ld.param.b32 %r3, [v]; }
            sub.u32 %r2, %r1, 2;
            { .param .b32 p; st.param.b32 [p], %r2; .param .b32 v; call.uni (v), fib, (p); ld.param.b32 %r4, [v]; }
            add.u32 %r5, %r3, %r4;
            DONE: st.param.b32 [result], %r5;
            ret;
        }
        .func (.reg .b32 r) plus(.reg .b32 a, .reg .b32 b) { add.u32 r, a, b; ret; }
        .extern .func (.param .b32 r) vprintf(.param .b64 f, .param .b64 a);
        .extern .func __assertfail(.param .b64 a, .param .b64 b, .param .b32 c, .param .b64 d, .param .b64 e);
        .global .align 1 .b8 format[20] = {116, 37, 100, 32, 37, 46, 50, 102, 33, 0};
        .global .align 1 .b8 text[3] = {111, 107, 0};
        .global .align 8 .u64 table[2] = {twice, fib};
        """;
    private static final String STORE = "cvt.u64.u32 %rd10, %r11; st.global.u64 [%rd4], %rd10;";

    private static long[] run(SimulatedGpu gpu, String body, int threads) {
        String ptx = SimulatedGpu.HEADER + FUNCTIONS + SimulatedGpu.kernel(body + STORE).substring(SimulatedGpu.HEADER.length());
        return gpu.run(ptx, new LaunchGeometry(1, threads), new long[0], 0, threads);
    }

    private static void expect(String body, java.util.function.IntUnaryOperator expected) {
        long[] wanted = IntStream.range(0, 64).map(expected).asLongStream().toArray();
        assertArrayEquals(wanted, run(new SimulatedGpu(), body, 64), body);
        assertArrayEquals(wanted, run(new SimulatedGpu(SimulatorOptions.defaults().withOrder(WarpOrder.random(9))), body, 64), body);
    }

    @Test
    void argumentsAndResultsGoThroughParameters() {
        expect("{ .param .b32 p; st.param.b32 [p], %r2; .param .b32 v; call.uni (v), twice, (p); ld.param.b32 %r11, [v]; }", t -> 2 * t);
    }

    @Test
    void argumentsAndResultsGoThroughRegisters() {
        expect("call (%r11), plus, (%r2, 40); call (%r11), plus, (%r11, %r11);", t -> 2 * (t + 40));
    }

    @Test
    void recursionKeepsItsRegistersApart() {
        expect("""
            rem.u32 %r10, %r2, 11;
            { .param .b32 p; st.param.b32 [p], %r10; .param .b32 v; call.uni (v), fib, (p); ld.param.b32 %r11, [v]; }
            """, t -> fib(t % 11));
    }

    private static int fib(int n) {
        return n < 2 ? n : fib(n - 1) + fib(n - 2);
    }

    @Test
    void lanesCallDifferentFunctionsByAddress() {
        expect("""
            and.b32 %r10, %r2, 1;
            mul.wide.u32 %rd10, %r10, 8;
            mov.u64 %rd11, table;
            add.u64 %rd11, %rd11, %rd10;
            ld.global.u64 %rd12, [%rd11];
            rem.u32 %r12, %r2, 9;
            proto: .callprototype (.param .b32 _) _ (.param .b32 _);
            { .param .b32 p; st.param.b32 [p], %r12; .param .b32 v; call (v), %rd12, (p), proto; ld.param.b32 %r11, [v]; }
            """, t -> t % 2 == 0 ? t % 9 * 2 : fib(t % 9));
    }

    @Test
    void someLanesCallAndOthersWait() {
        expect("""
            mov.u32 %r11, 5;
            setp.lt.u32 %p1, %r2, 20;
            { .param .b32 p; st.param.b32 [p], %r2; .param .b32 v; st.param.b32 [v], 7; @%p1 call (v), twice, (p); ld.param.b32 %r11, [v]; }
            """, t -> t < 20 ? 2 * t : 7);
    }

    @Test
    void endlessRecursionOverflowsTheStack() {
        CudaException thrown = assertThrows(CudaException.class, () -> run(new SimulatedGpu(),
            "{ .param .b32 p; st.param.b32 [p], 100000; .param .b32 v; call.uni (v), fib, (p); ld.param.b32 %r11, [v]; }", 1));
        assertTrue(thrown.getMessage().contains("overflows"), thrown.getMessage());
    }

    @Test
    void kernelsPrint() {
        List<String> printed = Collections.synchronizedList(new ArrayList<>());
        run(new SimulatedGpu(SimulatorOptions.defaults().withPrinted(printed::add)), """
            .local .align 8 .b8 values[16];
            mov.u64 %rd20, values;
            st.local.u32 [%rd20], %r2;
            mov.f64 %fd1, 0d3FF8000000000000;
            st.local.f64 [%rd20+8], %fd1;
            cvta.local.u64 %rd20, %rd20;
            mov.u64 %rd21, format;
            { .param .b64 f; st.param.b64 [f], %rd21; .param .b64 a; st.param.b64 [a], %rd20; .param .b32 v;
              call.uni (v), vprintf, (f, a); ld.param.b32 %r11, [v]; }
            """, 2);
        assertEquals(List.of("t0 1.50!", "t1 1.50!"), printed);
    }

    @Test
    void aFailedAssertionStopsTheLaunch() {
        CudaException thrown = assertThrows(CudaException.class, () -> run(new SimulatedGpu(), """
            mov.u64 %rd20, text;
            { .param .b64 a; st.param.b64 [a], %rd20; .param .b64 b; st.param.b64 [b], %rd20; .param .b32 c; st.param.b32 [c], 12;
              .param .b64 d; st.param.b64 [d], %rd20; .param .b64 e; st.param.b64 [e], 1; call.uni __assertfail, (a, b, c, d, e); }
            """, 1));
        assertEquals(CudaError.ASSERT, thrown.error());
        assertTrue(thrown.getMessage().contains("ok:12: ok: assertion `ok` failed"), thrown.getMessage());
    }
}
