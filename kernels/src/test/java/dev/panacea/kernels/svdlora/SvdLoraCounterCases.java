package dev.panacea.kernels.svdlora;

import dev.panacea.kernels.CounterCase;
import dev.panacea.kernels.svdlora.SvdLoraLinear.Path;
import dev.panacea.kernels.svdlora.SvdLoraLinear.Shape;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.MemoryScope;
import java.util.List;

/** An adapted layer that is square, as most are, and has ranks that fill a fragment. */
public final class SvdLoraCounterCases {
    private static final Shape SHAPE = new Shape(256, 512, 512, 16, 1);
    private static final long WIDE = 2L * SHAPE.rows() * SHAPE.inputs();
    private static final long WEIGHT = 2L * SHAPE.outputs() * SHAPE.inputs();
    private static final long FACTOR = 2L * SHAPE.inputs() * SHAPE.rank();
    private static final long PROJECTED = 4L * SHAPE.rows() * SHAPE.rank();
    private static final long FLOPS = 2L * SHAPE.rows() * SHAPE.outputs() * (SHAPE.inputs() + SHAPE.rank());

    private SvdLoraCounterCases() { }

    public static List<CounterCase> all() {
        return List.of(
            new CounterCase("bf16_256x512x512_r16_forward", FLOPS, 2 * WIDE + WEIGHT + 2 * FACTOR + PROJECTED,
                SvdLoraCounterCases::forward),
            new CounterCase("bf16_256x512x512_r16_backward", FLOPS, 3 * WIDE + WEIGHT + 6 * FACTOR + PROJECTED,
                SvdLoraCounterCases::backward));
    }

    private static void forward(CudaDevice device) {
        try (MemoryScope scope = device.openScope("case")) {
            SvdLoraLinear.on(device).forward(SHAPE, Path.AUGMENTED, wide(scope), weight(scope), factor(scope, DType.BF16),
                factor(scope, DType.BF16), diagonal(scope), null, projected(scope), wide(scope));
        }
    }

    private static void backward(CudaDevice device) {
        try (MemoryScope scope = device.openScope("case")) {
            SvdLoraLinear.on(device).backward(SHAPE, wide(scope), wide(scope), weight(scope), factor(scope, DType.BF16),
                factor(scope, DType.BF16), diagonal(scope), null, projected(scope), wide(scope), false, factor(scope, DType.F32),
                factor(scope, DType.F32), diagonal(scope));
        }
    }

    private static Buffer wide(MemoryScope scope) {
        return ones(scope, DType.BF16, WIDE / 2);
    }

    private static Buffer weight(MemoryScope scope) {
        return ones(scope, DType.BF16, WEIGHT / 2);
    }

    private static Buffer factor(MemoryScope scope, DType dtype) {
        return ones(scope, dtype, FACTOR / 2);
    }

    private static Buffer diagonal(MemoryScope scope) {
        return ones(scope, DType.F32, SHAPE.rank());
    }

    private static Buffer projected(MemoryScope scope) {
        return ones(scope, DType.F32, PROJECTED / 4);
    }

    // 0.75 or so in either dtype
    private static Buffer ones(MemoryScope scope, DType dtype, long count) {
        Buffer buffer = scope.allocate("argument", dtype, count);
        buffer.fill((byte) 0x3F);
        return buffer;
    }
}
