package dev.panacea.kernels.activation;

import dev.panacea.kernels.CounterCase;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.MemoryScope;
import java.util.List;

/** SwiGLU of 8 rows as wide as those of a model of 7 billion parameters. */
public final class SwiGluCounterCases {
    private static final int COUNT = 8 * 11008;

    private SwiGluCounterCases() { }

    public static List<CounterCase> all() {
        return List.of(new CounterCase("bf16_8x11008", 0, 3 * 2L * COUNT, SwiGluCounterCases::forward),
            new CounterCase("bf16_8x11008", 0, 5 * 2L * COUNT, SwiGluCounterCases::backward));
    }

    private static void forward(CudaDevice device) {
        try (MemoryScope scope = device.openScope("case")) {
            SwiGlu.on(device).forward(COUNT, array(scope), array(scope), array(scope));
        }
    }

    private static void backward(CudaDevice device) {
        try (MemoryScope scope = device.openScope("case")) {
            SwiGlu.on(device).backward(COUNT, array(scope), array(scope), array(scope), array(scope), array(scope));
        }
    }

    private static Buffer array(MemoryScope scope) {
        Buffer buffer = scope.allocate("argument", DType.BF16, COUNT);
        buffer.fill((byte) 0x3F);
        return buffer;
    }
}
