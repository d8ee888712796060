package dev.panacea.kernels.linear;

import dev.panacea.kernels.CounterCase;
import dev.panacea.kernels.cuda.ProductCard;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.MemoryScope;
import java.util.List;

/** The three products of a linear layer on a few blocks, and one on few rows, whose depth is cut into slices. */
public final class LinearCounterCases {
    private static final int EXTENT = 256;
    private static final long MATRIX = (long) EXTENT * EXTENT;
    private static final long FLOPS = 2 * MATRIX * EXTENT;
    private static final int ROWS = 16;
    private static final int LONG = 2048;

    private LinearCounterCases() { }

    public static List<CounterCase> all() {
        return List.of(
            new CounterCase("bf16_256x256x256", FLOPS, 3 * 2 * MATRIX, device -> forward(device, Linear.on(device))),
            new CounterCase("bf16_256x256x256_wide", FLOPS, 3 * 2 * MATRIX, device -> forward(device, wide(device))),
            new CounterCase("bf16_256x256x256_dx", FLOPS, 3 * 2 * MATRIX, LinearCounterCases::inputGradient),
            new CounterCase("bf16_256x256x256_dw", FLOPS, (2 * 2 + 8) * MATRIX, LinearCounterCases::weightGradient),
            new CounterCase("bf16_16x2048x256", 2L * ROWS * LONG * EXTENT, 2L * (ROWS * LONG + EXTENT * LONG + ROWS * EXTENT),
                LinearCounterCases::sliced));
    }

    // on a card of one block, which makes blocks wide
    private static Linear wide(CudaDevice device) {
        return new CudaLinear(device, new ProductCard(1));
    }

    private static void forward(CudaDevice device, Linear linear) {
        try (MemoryScope scope = device.openScope("case")) {
            linear.forward(EXTENT, EXTENT, EXTENT, matrix(scope, DType.BF16, MATRIX), matrix(scope, DType.BF16, MATRIX),
                matrix(scope, DType.BF16, MATRIX));
        }
    }

    private static void inputGradient(CudaDevice device) {
        try (MemoryScope scope = device.openScope("case")) {
            Linear.on(device).backward(EXTENT, EXTENT, EXTENT, matrix(scope, DType.BF16, MATRIX), null, matrix(scope, DType.BF16, MATRIX),
                matrix(scope, DType.BF16, MATRIX), false, null);
        }
    }

    private static void weightGradient(CudaDevice device) {
        try (MemoryScope scope = device.openScope("case")) {
            Linear.on(device).backward(EXTENT, EXTENT, EXTENT, matrix(scope, DType.BF16, MATRIX), matrix(scope, DType.BF16, MATRIX), null,
                null, false, matrix(scope, DType.F32, MATRIX));
        }
    }

    private static void sliced(CudaDevice device) {
        try (MemoryScope scope = device.openScope("case")) {
            Linear.on(device).forward(ROWS, LONG, EXTENT, matrix(scope, DType.BF16, (long) ROWS * LONG),
                matrix(scope, DType.BF16, (long) EXTENT * LONG), matrix(scope, DType.BF16, (long) ROWS * EXTENT));
        }
    }

    private static Buffer matrix(MemoryScope scope, DType dtype, long count) {
        Buffer buffer = scope.allocate("argument", dtype, count);
        buffer.fill((byte) 0x3C);
        return buffer;
    }
}
