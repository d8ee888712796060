package dev.panacea.runtime.simulator;

import dev.panacea.runtime.cuda.CudaModule;
import dev.panacea.runtime.cuda.LaunchGeometry;
import java.util.Map;
import java.util.TreeMap;

/**
 * Prints how many warp instructions one core interprets a second: {@code java ... InstructionRate}. The best of several passes counts,
 * since other work on the machine disturbs.
 */
final class InstructionRate {
    private static final int ROUNDS = 4000;
    private static final int BLOCKS = 16;
    private static final int THREADS = 128;
    private static final int UNROLLED = 32;
    private static final int PASSES = 8;

    private InstructionRate() { }

    public static void main(String[] arguments) {
        Map<String, String> instructions = new TreeMap<>(Map.of(
            "integer multiply-add", "mad.lo.s32 %r10, %r10, %r11, %r12;",
            "integer logic", "xor.b32 %r10, %r10, %r2;",
            "float multiply-add", "fma.rn.f32 %f10, %f10, %f11, %f12;",
            "64-bit address", "add.s64 %rd10, %rd10, %rd3;",
            "comparison", "setp.lt.s32 %p1, %r10, %r11;",
            "exponential", "ex2.approx.f32 %f10, %f10;",
            "shared load", "ld.shared.u32 %r10, [%r13];",
            "global load", "ld.global.u32 %r10, [%rd4];",
            "butterfly shuffle", "shfl.sync.bfly.b32 %r10, %r10, 1, 31, -1;",
            "matrix product", "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%f1,%f2,%f3,%f4},{%r20,%r21,%r22,%r23},{%r24,%r25},"
                + "{%f1,%f2,%f3,%f4};"));
        instructions.forEach((name, instruction) -> System.out.printf("%-22s %8.1f million a second%n", name, rate(instruction) / 1e6));
    }

    private static double rate(String instruction) {
        SimulatedGpu gpu = new SimulatedGpu(SimulatorOptions.defaults().withWorkers(1));
        CudaModule module = gpu.load(SimulatedGpu.kernel("""
            .shared .align 4 .b32 a[128];
            shl.b32 %r13, %r2, 2;
            mov.u32 %r14, a;
            add.u32 %r13, %r13, %r14;
            mov.u32 %r30, 0;
            LOOP:
            """ + instruction.repeat(UNROLLED) + """
            add.u32 %r30, %r30, 1;
            setp.lt.u32 %p9, %r30, %r1;
            @%p9 bra LOOP;
            """));
        long memory = gpu.upload(new long[BLOCKS * THREADS]);
        double best = 0;
        for (int pass = 0; pass < PASSES; pass++) {
            int rounds = instruction.startsWith("mma") ? ROUNDS / 20 : ROUNDS;
            long before = System.nanoTime();
            gpu.launch(module, new LaunchGeometry(BLOCKS, THREADS), memory, memory, rounds);
            double seconds = (System.nanoTime() - before) / 1e9;
            best = Math.max(best, (double) BLOCKS * THREADS / 32 * rounds * (UNROLLED + 3) / seconds);
        }
        return best;
    }
}
