package dev.panacea.kernels.logprob;

import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.HostBuffer;
import dev.panacea.runtime.MemoryScope;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Operands of matrix products with a head of one dtype: float32 as they are, or rounded to bfloat16 as the head is. */
record Operands(DType dtype) {
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT;
    private static final int QUIET_NAN = 0x7fc0;

    /** The given rows of x (·, columns), one behind the other. */
    HostBuffer gather(MemoryScope scope, int[] rows, int columns, HostBuffer x) {
        HostBuffer gathered = scope.allocateHost("rows of x", dtype, (long) rows.length * columns);
        for (int i = 0; i < rows.length; i++) {
            copy(x.segment(), (long) rows[i] * columns, gathered.segment(), (long) i * columns, columns);
        }
        return gathered;
    }

    /** {@code count} float32 values as an operand: themselves, or a rounded copy. */
    HostBuffer of(MemoryScope scope, HostBuffer values, long count) {
        if (dtype == DType.F32) {
            return values;
        }
        HostBuffer rounded = scope.allocateHost("rounded operand", dtype, count);
        copy(values.segment(), 0, rounded.segment(), 0, count);
        return rounded;
    }

    /** Element {@code index} of a buffer of this dtype. */
    float get(Buffer buffer, long index) {
        MemorySegment memory = HostBuffer.segment(buffer);
        if (dtype == DType.F32) {
            return memory.getAtIndex(ValueLayout.JAVA_FLOAT, index);
        }
        return Float.intBitsToFloat(memory.getAtIndex(SHORT, index) << 16);
    }

    private void copy(MemorySegment from, long source, MemorySegment to, long target, long count) {
        if (dtype == DType.F32) {
            MemorySegment.copy(from, source * Float.BYTES, to, target * Float.BYTES, count * Float.BYTES);
            return;
        }
        for (long i = 0; i < count; i++) {
            to.setAtIndex(SHORT, target + i, bfloat16(from.getAtIndex(ValueLayout.JAVA_FLOAT, source + i)));
        }
    }

    private static short bfloat16(float value) {
        int bits = Float.floatToRawIntBits(value);
        int nearestEven = bits + 0x7fff + (bits >>> 16 & 1);
        return (short) (Float.isNaN(value) ? QUIET_NAN : nearestEven >>> 16);
    }
}
