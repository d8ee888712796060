package dev.panacea.kernels.logprob;

import dev.panacea.kernels.vectors.HalfLanes;
import dev.panacea.kernels.vectors.Lanes;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.HostBuffer;
import dev.panacea.runtime.MemoryScope;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/** Operands of matrix products with a head of one dtype: float32 as they are, or rounded to bfloat16 as the head is. */
record Operands(DType dtype) {

    /** The given rows of x (·, columns), one behind the other. */
    HostBuffer gather(MemoryScope scope, int[] rows, int columns, HostBuffer x) {
        HostBuffer gathered = scope.allocateHost("rows of x", dtype, (long) rows.length * columns);
        for (int i = 0; i < rows.length; i++) {
            copy(x.segment(), (long) rows[i] * columns, gathered.segment(), (long) i * columns, columns);
        }
        return gathered;
    }

    /** Where {@link #round} puts the operand made of {@code count} float32 values: where they are when they need no rounding. */
    HostBuffer roomFor(MemoryScope scope, HostBuffer values, long count) {
        return dtype == DType.F32 ? values : scope.allocateHost("rounded operand", dtype, count);
    }

    /** The first {@code count} float32 values at this precision, in the room made for them. */
    void round(HostBuffer values, long count, HostBuffer rounded) {
        if (dtype != DType.F32) {
            copy(values.segment(), 0, rounded.segment(), 0, count);
        }
    }

    /** Elements from {@code index} of a buffer of this dtype, in float32; lanes at or past element {@code end} are 0. */
    FloatVector load(MemorySegment memory, long index, long end) {
        return dtype == DType.F32 ? Lanes.load(memory, index, end) : HalfLanes.loadBf16(memory, index, end);
    }

    private void copy(MemorySegment from, long source, MemorySegment to, long target, long count) {
        if (dtype == DType.F32) {
            MemorySegment.copy(from, source * Float.BYTES, to, target * Float.BYTES, count * Float.BYTES);
            return;
        }
        for (long i = 0; i < count; i += Lanes.COUNT) {
            HalfLanes.storeBf16(Lanes.load(from, source + i, source + count), to, target + i, target + count);
        }
    }
}
