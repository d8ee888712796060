package dev.panacea.kernels.logprob;

import dev.panacea.kernels.CounterCase;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.MemoryScope;
import java.util.List;

/** Log-probabilities of rows of which every other has a target, with a frozen head and with a trainable one. */
public final class LogProbCounterCases {
    private static final LinearLogProb.Shape SHAPE = new LinearLogProb.Shape(256, 256, 512);
    private static final int ACTIVE = SHAPE.rows() / 2;
    private static final long PRODUCT = 2L * ACTIVE * SHAPE.columns() * SHAPE.vocabulary();
    // x of the active rows, W, targets, and what comes of it
    private static final long BYTES = 2L * ACTIVE * SHAPE.columns() + 2L * SHAPE.vocabulary() * SHAPE.columns() + 8L * SHAPE.rows()
        + 2L * SHAPE.rows() * SHAPE.columns();

    private LogProbCounterCases() { }

    public static List<CounterCase> all() {
        return List.of(
            new CounterCase("bf16_128of256x256_vocabulary_512", 2 * PRODUCT, BYTES, LogProbCounterCases::frozen),
            new CounterCase("bf16_128of256x256_vocabulary_512_dw", 3 * PRODUCT, BYTES + 8L * SHAPE.vocabulary() * SHAPE.columns(),
                LogProbCounterCases::trainable));
    }

    private static void frozen(CudaDevice device) {
        try (MemoryScope scope = device.openScope("case")) {
            LinearLogProb kernel = LinearLogProb.on(device);
            Buffer derivative = matrix(scope, DType.BF16, SHAPE.rows());
            kernel.forward(SHAPE, matrix(scope, DType.BF16, SHAPE.rows()), matrix(scope, DType.BF16, SHAPE.vocabulary()), targets(scope),
                floats(scope), derivative);
            kernel.backwardFrozen(SHAPE, floats(scope), derivative, derivative);
        }
    }

    private static void trainable(CudaDevice device) {
        try (MemoryScope scope = device.openScope("case")) {
            LinearLogProb.on(device).backward(SHAPE, floats(scope), matrix(scope, DType.BF16, SHAPE.rows()),
                matrix(scope, DType.BF16, SHAPE.vocabulary()), targets(scope), floats(scope), matrix(scope, DType.BF16, SHAPE.rows()),
                matrix(scope, DType.F32, SHAPE.vocabulary()));
        }
    }

    private static Buffer targets(MemoryScope scope) {
        int[] targets = new int[SHAPE.rows()];
        for (int row = 0; row < targets.length; row++) {
            targets[row] = row % 2 == 0 ? row : LinearLogProb.IGNORED;
        }
        return scope.allocate("targets", DType.I32, targets.length).copyFrom(targets);
    }

    private static Buffer floats(MemoryScope scope) {
        return filled(scope, DType.F32, SHAPE.rows());
    }

    private static Buffer matrix(MemoryScope scope, DType dtype, int rows) {
        return filled(scope, dtype, (long) rows * SHAPE.columns());
    }

    private static Buffer filled(MemoryScope scope, DType dtype, long count) {
        Buffer buffer = scope.allocate("argument", dtype, count);
        buffer.fill((byte) 0x3C);
        return buffer;
    }
}
