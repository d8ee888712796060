package dev.panacea.kernels.elementwise;

import dev.panacea.kernels.CounterCase;
import dev.panacea.kernels.PackedSequences;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.MemoryScope;
import java.util.List;
import java.util.function.BiConsumer;

/** The small operations on a matrix of 16 rows of 4096, and on sequences of 512 tokens. */
public final class ElementwiseCounterCases {
    private static final int COUNT = 16 * 4096;
    private static final PackedSequences SEQUENCES = PackedSequences.ofLengths(512, 512, 512, 512);

    private ElementwiseCounterCases() { }

    public static List<CounterCase> all() {
        return List.of(
            of("bf16_16x4096", 2L * COUNT, (kernel, scope) -> kernel.fill(COUNT, 1, array(scope, DType.BF16))),
            of("bf16_16x4096", 6L * COUNT, (kernel, scope) ->
                kernel.add(COUNT, array(scope, DType.BF16), array(scope, DType.BF16), array(scope, DType.BF16))),
            of("16x4096", 6L * COUNT, (kernel, scope) -> kernel.cast(COUNT, array(scope, DType.F32), array(scope, DType.BF16))),
            of("16x4096", 6L * COUNT, (kernel, scope) -> kernel.cast(COUNT, array(scope, DType.BF16), array(scope, DType.F32))),
            of("f32_16x4096", 4L * COUNT, (kernel, scope) -> kernel.sumOfSquares(COUNT, array(scope, DType.F32))),
            of("4x512", 4L * SEQUENCES.tokens() + 4L * SEQUENCES.count(), (kernel, scope) ->
                kernel.sequenceSum(SEQUENCES, array(scope, DType.F32), null, array(scope, DType.F32))),
            of("4x512", 4L * SEQUENCES.tokens() + 4L * SEQUENCES.count(), (kernel, scope) ->
                kernel.sequenceSumBackward(SEQUENCES, array(scope, DType.F32), array(scope, DType.F32))));
    }

    private static CounterCase of(String name, long bytes, BiConsumer<Elementwise, MemoryScope> call) {
        return new CounterCase(name, 0, bytes, device -> run(device, call));
    }

    private static void run(CudaDevice device, BiConsumer<Elementwise, MemoryScope> call) {
        try (MemoryScope scope = device.openScope("case")) {
            call.accept(Elementwise.on(device), scope);
        }
    }

    private static Buffer array(MemoryScope scope, DType dtype) {
        Buffer buffer = scope.allocate("argument", dtype, COUNT);
        buffer.fill((byte) 0x3F);
        return buffer;
    }
}
