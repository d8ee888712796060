package dev.panacea.bench.device;

import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaBuffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.MemoryScope;
import java.lang.foreign.MemorySegment;
import java.util.Random;

/** Normal random values on a CUDA device: a card at work on zeros draws less power and runs faster than on data. */
record RandomOperands(MemoryScope scope) {
    // drawn once and repeated: what the values are matters little, that they differ does
    private static final int DRAWN = 1 << 18;

    Buffer f32(long count) {
        float[] values = new float[DRAWN];
        Random random = new Random(17);
        for (int i = 0; i < DRAWN; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return repeated(DType.F32, count, MemorySegment.ofArray(values));
    }

    Buffer bf16(long count) {
        short[] values = new short[DRAWN];
        Random random = new Random(17);
        for (int i = 0; i < DRAWN; i++) {
            values[i] = (short) (Float.floatToRawIntBits((float) random.nextGaussian()) >>> 16);
        }
        return repeated(DType.BF16, count, MemorySegment.ofArray(values));
    }

    private Buffer repeated(DType dtype, long count, MemorySegment values) {
        CudaBuffer buffer = CudaBuffer.of(scope.allocate("random values", dtype, count));
        for (long from = 0; from < count; from += DRAWN) {
            long length = Math.min(DRAWN, count - from);
            buffer.slice(from, length).copyFrom(values.asSlice(0, length * dtype.bytes()), buffer.device().computeStream());
        }
        return buffer;
    }
}
