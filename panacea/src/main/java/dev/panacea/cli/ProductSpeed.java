package dev.panacea.cli;

import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.Device;
import dev.panacea.runtime.HostBuffer;
import dev.panacea.runtime.MemoryScope;
import java.lang.foreign.ValueLayout;
import java.util.Locale;
import java.util.SplittableRandom;

/** How fast a device multiplies two square matrices: the best of a few products, float32 sums. */
record ProductSpeed(double gigaflops) {
    private static final int SIZE = 1024;
    private static final int PRODUCTS = 10;
    private static final double FLOPS = 2.0 * SIZE * SIZE * SIZE;

    static ProductSpeed float32(Device device) {
        return measure(device, DType.F32);
    }

    static ProductSpeed bfloat16(Device device) {
        return measure(device, DType.BF16);
    }

    private static ProductSpeed measure(Device device, DType type) {
        try (MemoryScope scope = device.openScope("product")) {
            Buffer a = random(scope, type, 1);
            Buffer b = random(scope, type, 2);
            Buffer c = scope.allocateHost("C", DType.F32, (long) SIZE * SIZE);
            long best = Long.MAX_VALUE;
            for (int i = 0; i < PRODUCTS; i++) {
                long started = System.nanoTime();
                device.blas().gemm(false, true, SIZE, SIZE, SIZE, 1, a, SIZE, b, SIZE, 0, c, SIZE);
                best = Math.min(best, System.nanoTime() - started);
            }
            return new ProductSpeed(FLOPS / best);
        }
    }

    private static Buffer random(MemoryScope scope, DType type, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        HostBuffer matrix = scope.allocateHost("matrix", type, (long) SIZE * SIZE);
        for (long i = 0; i < matrix.count(); i++) {
            int bits = Float.floatToRawIntBits((float) random.nextDouble(-1, 1));
            if (type == DType.BF16) {
                matrix.segment().setAtIndex(ValueLayout.JAVA_SHORT, i, (short) (bits >>> Short.SIZE)); // the upper half of a float
            } else {
                matrix.segment().setAtIndex(ValueLayout.JAVA_INT, i, bits);
            }
        }
        return matrix;
    }

    String text() {
        return String.format(Locale.ROOT, "%.0f GFLOP/s (best of %d products of %d³)", gigaflops, PRODUCTS, SIZE);
    }
}
