package dev.panacea.cli;

import dev.panacea.runtime.CudaBuffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.MemoryScope;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;

/** Device memory with seeded random contents. */
final class RandomBuffer {
    private static final int INTEGERS_BELOW = 100;

    private RandomBuffer() { }

    /** Standard normal values; for integer dtypes whole numbers from 0 to 99. */
    static CudaBuffer normal(MemoryScope scope, String name, DType dtype, int count, Random random) {
        CudaBuffer buffer = CudaBuffer.of(scope.allocate(name, dtype, count));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment values = arena.allocate(buffer.bytes());
            for (int i = 0; i < count; i++) {
                set(values, dtype, i, random);
            }
            buffer.copyFrom(values, buffer.device().computeStream());
        }
        return buffer;
    }

    private static void set(MemorySegment values, DType dtype, int index, Random random) {
        switch (dtype) {
            case F32 -> values.setAtIndex(ValueLayout.JAVA_FLOAT, index, (float) random.nextGaussian());
            // truncation, for a random value as good as rounding
            case BF16 -> values.setAtIndex(ValueLayout.JAVA_SHORT, index,
                (short) (Float.floatToRawIntBits((float) random.nextGaussian()) >>> Short.SIZE));
            case F16 -> values.setAtIndex(ValueLayout.JAVA_SHORT, index, Float.floatToFloat16((float) random.nextGaussian()));
            case I32 -> values.setAtIndex(ValueLayout.JAVA_INT, index, random.nextInt(INTEGERS_BELOW));
            case I64 -> values.setAtIndex(ValueLayout.JAVA_LONG, index, random.nextInt(INTEGERS_BELOW));
            case U8 -> values.set(ValueLayout.JAVA_BYTE, index, (byte) random.nextInt(INTEGERS_BELOW));
        }
    }
}
