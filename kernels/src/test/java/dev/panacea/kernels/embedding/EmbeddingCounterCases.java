package dev.panacea.kernels.embedding;

import dev.panacea.kernels.CounterCase;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.MemoryScope;
import java.util.List;
import java.util.stream.IntStream;

/** Rows as long as those of a model of 8 billion parameters; backward, every id comes twice. */
public final class EmbeddingCounterCases {
    private static final int ROWS = 32;
    private static final int COLUMNS = 4096;
    private static final int VOCABULARY = 16;
    private static final long MATRIX = (long) ROWS * COLUMNS;
    private static final long TABLE = (long) VOCABULARY * COLUMNS;

    private EmbeddingCounterCases() { }

    public static List<CounterCase> all() {
        return List.of(
            new CounterCase("32x4096", 0, 2 * (TABLE + MATRIX) + 4 * ROWS, device -> forward(device, DType.BF16)),
            new CounterCase("32x4096", 0, 2 * TABLE + 4 * MATRIX + 4 * ROWS, device -> forward(device, DType.F32)),
            new CounterCase("bf16_32x4096", 0, 2 * MATRIX + 2 * 4 * TABLE + 4 * ROWS, EmbeddingCounterCases::backward));
    }

    private static void forward(CudaDevice device, DType y) {
        try (MemoryScope scope = device.openScope("case")) {
            Embedding.on(device).forward(ROWS, COLUMNS, VOCABULARY, ids(scope), array(scope, DType.BF16, TABLE), array(scope, y, MATRIX));
        }
    }

    private static void backward(CudaDevice device) {
        try (MemoryScope scope = device.openScope("case")) {
            Embedding.on(device).backward(ROWS, COLUMNS, VOCABULARY, ids(scope), array(scope, DType.BF16, MATRIX),
                array(scope, DType.F32, TABLE));
        }
    }

    private static Buffer ids(MemoryScope scope) {
        return scope.allocate("ids", DType.I32, ROWS).copyFrom(IntStream.range(0, ROWS).map(row -> row % VOCABULARY).toArray());
    }

    private static Buffer array(MemoryScope scope, DType dtype, long count) {
        Buffer buffer = scope.allocate("argument", dtype, count);
        buffer.fill((byte) 0x3F);
        return buffer;
    }
}
