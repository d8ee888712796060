package dev.panacea.bench.step;

import dev.panacea.kernels.elementwise.Elementwise;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.MemoryScope;

/**
 * The best a device does here: what no step can beat.
 *
 * @param gigaflops of one large product of these operands
 * @param gigabytesPerSecond that a copy of an array far larger than the caches moves, read and written
 */
record Ceiling(double gigaflops, double gigabytesPerSecond) {
    private static final int SIZE = 1536;
    private static final long COPIED = 1L << 25;
    private static final int TRIES = 7;

    static Ceiling of(HostDevice device, DType operands) {
        try (MemoryScope scope = device.openScope("ceiling")) {
            Buffer a = scope.allocate("A", operands, (long) SIZE * SIZE);
            Buffer b = scope.allocate("B", operands, (long) SIZE * SIZE);
            Buffer c = scope.allocate("C", DType.F32, (long) SIZE * SIZE);
            Buffer x = scope.allocate("x", DType.F32, COPIED);
            Buffer y = scope.allocate("y", DType.F32, COPIED);
            Elementwise elementwise = Elementwise.on(device);
            elementwise.fill(COPIED, 0, x);
            elementwise.cast((long) SIZE * SIZE, x, a);
            elementwise.cast((long) SIZE * SIZE, x, b);
            long product = best(() -> device.blas().gemm(false, true, SIZE, SIZE, SIZE, 1, a, SIZE, b, SIZE, 0, c, SIZE));
            long copy = best(() -> elementwise.copy(COPIED, x, y));
            return new Ceiling(2.0 * SIZE * SIZE * SIZE / product, 2.0 * Float.BYTES * COPIED / copy);
        }
    }

    private static long best(Runnable work) {
        long best = Long.MAX_VALUE;
        for (int i = 0; i < TRIES; i++) {
            long started = System.nanoTime();
            work.run();
            best = Math.min(best, System.nanoTime() - started);
        }
        return best;
    }
}
