package dev.panacea.kernels.norm;

import dev.panacea.kernels.CounterCase;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.MemoryScope;
import java.util.Arrays;
import java.util.List;

/** RMSNorm of rows as long as those of a model of 8 billion parameters. */
public final class NormCounterCases {
    private static final int ROWS = 16;
    private static final int COLUMNS = 4096;
    private static final long MATRIX = 2L * ROWS * COLUMNS;

    private NormCounterCases() { }

    public static List<CounterCase> all() {
        return List.of(
            new CounterCase("bf16_16x4096_residual", 0, 4 * MATRIX + 2 * COLUMNS + 4 * ROWS, NormCounterCases::forward),
            new CounterCase("bf16_16x4096", 0, 3 * MATRIX + 2 * COLUMNS + 4 * ROWS, NormCounterCases::backward));
    }

    private static void forward(CudaDevice device) {
        try (MemoryScope scope = device.openScope("case")) {
            RmsNorm.on(device).forward(ROWS, COLUMNS, 1e-5f, matrix(scope), matrix(scope), ones(scope, COLUMNS), matrix(scope),
                matrix(scope), statistics(scope));
        }
    }

    private static void backward(CudaDevice device) {
        try (MemoryScope scope = device.openScope("case")) {
            RmsNorm.on(device).backward(ROWS, COLUMNS, matrix(scope), matrix(scope), ones(scope, COLUMNS), statistics(scope), null,
                matrix(scope), null);
        }
    }

    private static Buffer matrix(MemoryScope scope) {
        return ones(scope, ROWS * COLUMNS);
    }

    private static Buffer ones(MemoryScope scope, int count) {
        Buffer buffer = scope.allocate("argument", DType.BF16, count);
        buffer.fill((byte) 0x3F);
        return buffer;
    }

    private static Buffer statistics(MemoryScope scope) {
        float[] ones = new float[ROWS];
        Arrays.fill(ones, 1);
        return scope.allocate("argument", DType.F32, ROWS).copyFrom(ones);
    }
}
