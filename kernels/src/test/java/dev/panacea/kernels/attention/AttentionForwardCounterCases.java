package dev.panacea.kernels.attention;

import dev.panacea.kernels.CounterCase;
import dev.panacea.kernels.PackedSequences;
import dev.panacea.kernels.attention.Attention.Shape;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.MemoryScope;
import java.util.List;

/** The forward of attention in one sequence of whole tiles, for the head dimensions that it is tuned for. */
public final class AttentionForwardCounterCases {
    private static final int TOKENS = 512;

    private AttentionForwardCounterCases() { }

    public static List<CounterCase> all() {
        return List.of(of(64, false), of(64, true), of(128, false), of(128, true));
    }

    private static CounterCase of(int d, boolean causal) {
        Shape shape = new Shape(1, 1, d, 0.125f, causal);
        long flops = 4L * TOKENS * TOKENS * d / (causal ? 2 : 1);
        long bytes = 4L * TOKENS * d * DType.BF16.bytes() + (long) TOKENS * Float.BYTES;
        return new CounterCase("bf16_512" + (causal ? "_causal" : "_full"), flops, bytes, device -> forward(device, shape));
    }

    private static void forward(CudaDevice device, Shape shape) {
        try (MemoryScope scope = device.openScope("case")) {
            Attention.on(device).forward(shape, PackedSequences.ofLengths(TOKENS), matrix(scope, shape), matrix(scope, shape),
                matrix(scope, shape), null, matrix(scope, shape), scope.allocate("log-sum-exp", DType.F32, TOKENS));
        }
    }

    private static Buffer matrix(MemoryScope scope, Shape shape) {
        Buffer buffer = scope.allocate("argument", DType.BF16, (long) TOKENS * shape.headDimension());
        buffer.fill((byte) 0x3F);
        return buffer;
    }
}
