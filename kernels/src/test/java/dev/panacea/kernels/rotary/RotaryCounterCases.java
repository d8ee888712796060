package dev.panacea.kernels.rotary;

import dev.panacea.kernels.CounterCase;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.MemoryScope;
import java.util.List;
import java.util.stream.IntStream;

/** Queries and keys of 16 rows, as the heads of a model of 8 billion parameters have them. */
public final class RotaryCounterCases {
    private static final int ROWS = 16;
    private static final int DIMENSION = 128;
    private static final int TABLE = ROWS * DIMENSION / 2;

    private RotaryCounterCases() { }

    public static List<CounterCase> all() {
        return List.of(of(32), of(8));
    }

    private static CounterCase of(int heads) {
        long bytes = 2L * 2 * ROWS * heads * DIMENSION + 2 * 4 * TABLE + 4 * ROWS;
        return new CounterCase("bf16_" + ROWS + "x" + heads + "x" + DIMENSION, 0, bytes, device -> turn(device, heads));
    }

    private static void turn(CudaDevice device, int heads) {
        try (MemoryScope scope = device.openScope("case")) {
            Buffer x = array(scope, DType.BF16, ROWS * heads * DIMENSION);
            Buffer positions = scope.allocate("positions", DType.I32, ROWS).copyFrom(IntStream.range(0, ROWS).toArray());
            Rotary.on(device).forward(ROWS, heads, DIMENSION, x, positions, array(scope, DType.F32, TABLE),
                array(scope, DType.F32, TABLE), x);
        }
    }

    private static Buffer array(MemoryScope scope, DType dtype, int count) {
        Buffer buffer = scope.allocate("argument", dtype, count);
        buffer.fill((byte) 0x3F);
        return buffer;
    }
}
