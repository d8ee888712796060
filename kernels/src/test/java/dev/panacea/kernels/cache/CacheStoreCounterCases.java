package dev.panacea.kernels.cache;

import dev.panacea.kernels.CounterCase;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.MemoryScope;
import java.util.List;
import java.util.stream.IntStream;

/** One decoding step of 64 sequences with the 8 key/value heads of a model of 8 billion parameters. */
public final class CacheStoreCounterCases {
    private static final int ROWS = 64;
    private static final int WIDTH = 8 * 128;
    private static final int EACH = 3;

    private CacheStoreCounterCases() { }

    public static List<CounterCase> all() {
        return List.of(new CounterCase("bf16_64x1024", 0, 4L * 2 * ROWS * WIDTH + 4 * ROWS, CacheStoreCounterCases::store));
    }

    private static void store(CudaDevice device) {
        try (MemoryScope scope = device.openScope("case")) {
            Buffer places = scope.allocate("places", DType.I32, ROWS)
                .copyFrom(IntStream.range(0, ROWS).map(row -> row * EACH + row % EACH).toArray());
            CacheStore.on(device).store(ROWS, WIDTH, ROWS * EACH, places, matrix(scope, ROWS), matrix(scope, ROWS),
                matrix(scope, ROWS * EACH), matrix(scope, ROWS * EACH));
        }
    }

    private static Buffer matrix(MemoryScope scope, int rows) {
        Buffer buffer = scope.allocate("matrix", DType.BF16, (long) rows * WIDTH);
        buffer.fill((byte) 0x3F);
        return buffer;
    }
}
