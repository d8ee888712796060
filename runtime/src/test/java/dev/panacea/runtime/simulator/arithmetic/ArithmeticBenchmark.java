package dev.panacea.runtime.simulator.arithmetic;

import java.util.SplittableRandom;
import java.util.function.IntConsumer;

/**
 * Prints what the instructions cost that a simulated kernel spends its time in: the best of many rounds, each shorter than a time
 * slice. Run by hand.
 */
final class ArithmeticBenchmark {
    private static final int ROUNDS = 1_000;
    private static final int CALLS = 2_000;
    private static final int FLOPS = 2 * 16 * 8 * 16;

    private ArithmeticBenchmark() { }

    public static void main(String[] arguments) {
        int[] r = new int[32 * Lanes.WARP];
        var random = new SplittableRandom(1);
        for (int i = 0; i < r.length; i++) {
            int half = Half.fromFloat((float) random.nextGaussian()) & 0xffff;
            r[i] = i < 6 * Lanes.WARP ? half << 16 | half : Float.floatToRawIntBits((float) random.nextGaussian());
        }
        int[] a = {0, 1, 2, 3};
        int[] b = {4, 5};
        int[] c = {6, 7, 8, 9};
        int[] d = {10, 11, 12, 13};
        mma("mma.m16n8k16 bf16", i -> TensorCore.m16n8k16Bf16(r, d, a, b, c));
        mma("mma.m16n8k16 f16", i -> TensorCore.m16n8k16F16(r, d, a, b, c));
        mma("mma.m16n8k16 f16 to f16", i -> TensorCore.m16n8k16F16ToF16(r, new int[] {10, 11}, a, b, new int[] {6, 7}));
        mma("mma.m16n8k8 tf32", i -> TensorCore.m16n8k8Tf32(r, d, a, b, c));
        mma("mma.m16n8k32 s8", i -> TensorCore.m16n8k32Bytes(r, d, a, true, b, true, c, false));
        lanes("ex2 of a warp", i -> SpecialFunctionLanes.ex2(r, 10, 6, -1, true));
        lanes("ex2 of half a warp", i -> SpecialFunctionLanes.ex2(r, 10, 6, 0x5555aaaa, true));
        lanes("lg2 of a warp", i -> SpecialFunctionLanes.lg2(r, 10, 6, -1, true));
        lanes("rcp of a warp", i -> SpecialFunctionLanes.rcp(r, 10, 6, -1, true));
        lanes("rsqrt of a warp", i -> SpecialFunctionLanes.rsqrt(r, 10, 6, -1, true));
        lanes("ex2 one by one", i -> each(r, x -> SpecialFunctions.ex2(x, true)));
        lanes("tanh one by one", i -> each(r, SpecialFunctions::tanh));
        lanes("sin one by one", i -> each(r, x -> SpecialFunctions.sin(x, true)));
        lanes("add.rz one by one", i -> each(r, x -> Float32.add(x, 1.1f, Rounding.ZERO, true)));
    }

    private interface Function {
        float of(float x);
    }

    private static void each(int[] r, Function function) {
        for (int lane = 0; lane < Lanes.WARP; lane++) {
            float y = function.of(Float.intBitsToFloat(r[6 * Lanes.WARP + lane]));
            r[10 * Lanes.WARP + lane] = Float.floatToRawIntBits(y);
        }
    }

    private static void mma(String name, IntConsumer call) {
        double nanos = best(call);
        System.out.printf("%-26s %7.1f ns  (as k16 %.1f GFLOP/s)%n", name, nanos, FLOPS / nanos);
    }

    private static void lanes(String name, IntConsumer call) {
        double nanos = best(call);
        System.out.printf("%-26s %7.1f ns  %.2f ns a value%n", name, nanos, nanos / Lanes.WARP);
    }

    private static double best(IntConsumer call) {
        double best = Double.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            long start = System.nanoTime();
            for (int i = 0; i < CALLS; i++) {
                call.accept(i);
            }
            best = Math.min(best, (double) (System.nanoTime() - start) / CALLS);
        }
        return best;
    }
}
