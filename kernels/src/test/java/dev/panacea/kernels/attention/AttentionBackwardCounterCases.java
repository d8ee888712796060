package dev.panacea.kernels.attention;

import dev.panacea.kernels.CounterCase;
import dev.panacea.kernels.PackedSequences;
import dev.panacea.kernels.attention.Attention.Shape;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.MemoryScope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The backward of attention in the head dimensions that it is tuned for; a causal mask halves what the mathematics needs. */
public final class AttentionBackwardCounterCases {
    private static final int TOKENS = 256;
    private static final int HEADS = 1;

    private AttentionBackwardCounterCases() { }

    public static List<CounterCase> all() {
        List<CounterCase> all = new ArrayList<>();
        for (int d : new int[] {64, 128}) {
            for (boolean causal : new boolean[] {false, true}) {
                for (Accumulation accumulation : Accumulation.values()) {
                    all.add(of(d, causal, accumulation));
                }
            }
        }
        return all;
    }

    private static CounterCase of(int d, boolean causal, Accumulation accumulation) {
        String name = String.format("bf16_d%d_%s_%d_%s", d, causal ? "causal" : "full", TOKENS, accumulation.name().toLowerCase(Locale.ROOT));
        long elements = (long) TOKENS * HEADS * d;
        long flops = 10 * TOKENS * elements / (causal ? 2 : 1);
        long bytes = 8 * elements * DType.BF16.bytes() + (long) TOKENS * HEADS * DType.F32.bytes();
        Shape shape = new Shape(HEADS, HEADS, d, 0.125f, causal);
        return new CounterCase(name, flops, bytes, device -> run(device, shape, accumulation));
    }

    private static void run(CudaDevice device, Shape shape, Accumulation accumulation) {
        try (MemoryScope scope = device.openScope("case")) {
            Attention.on(device, accumulation).backward(shape, PackedSequences.ofLengths(TOKENS), ones(scope, shape), ones(scope, shape),
                ones(scope, shape), null, ones(scope, shape), statistics(scope), ones(scope, shape), ones(scope, shape), ones(scope, shape),
                ones(scope, shape));
        }
    }

    private static Buffer ones(MemoryScope scope, Shape shape) {
        Buffer buffer = scope.allocate("argument", DType.BF16, (long) TOKENS * HEADS * shape.headDimension());
        buffer.fill((byte) 0x3F);
        return buffer;
    }

    private static Buffer statistics(MemoryScope scope) {
        float[] values = new float[TOKENS * HEADS];
        Arrays.fill(values, 8);
        return scope.allocate("argument", DType.F32, values.length).copyFrom(values);
    }
}
