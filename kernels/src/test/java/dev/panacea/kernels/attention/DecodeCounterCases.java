package dev.panacea.kernels.attention;

import dev.panacea.kernels.CounterCase;
import dev.panacea.kernels.attention.Attention.Shape;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.MemoryScope;
import java.util.List;

/** Two of the eight key/value heads of a model of 8 billion parameters, over two full splits of the keys. */
public final class DecodeCounterCases {
    private static final int LENGTH = 512;
    private static final int GROUP = 4;
    private static final int HEADS = 2;

    private DecodeCounterCases() { }

    public static List<CounterCase> all() {
        return List.of(of(64), of(128), of(256));
    }

    private static CounterCase of(int dimension) {
        long head = (long) HEADS * dimension;
        long bytes = 2 * (2 * LENGTH * head + 2 * GROUP * head);
        return new CounterCase("bf16_d" + dimension + "_8q_2kv_512", 4 * LENGTH * GROUP * head, bytes, device -> decode(device, dimension));
    }

    private static void decode(CudaDevice device, int dimension) {
        try (MemoryScope scope = device.openScope("case")) {
            Buffer query = array(scope, (long) GROUP * HEADS * dimension);
            Buffer keys = array(scope, (long) LENGTH * HEADS * dimension);
            Buffer values = array(scope, (long) LENGTH * HEADS * dimension);
            Shape shape = new Shape(GROUP * HEADS, HEADS, dimension, (float) (1 / Math.sqrt(dimension)), true);
            new CudaAttentionDecode(device).decode(shape, LENGTH, new int[] {LENGTH}, query, keys, values, query);
        }
    }

    private static Buffer array(MemoryScope scope, long count) {
        Buffer buffer = scope.allocate("argument", DType.BF16, count);
        buffer.fill((byte) 0x3F);
        return buffer;
    }
}
