package dev.panacea.kernels.elementwise;

import dev.panacea.kernels.vectors.HalfLanes;
import dev.panacea.kernels.vectors.Lanes;
import dev.panacea.runtime.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A change of float format over a range of elements. */
enum Conversion {
    F32_TO_BF16 {
        @Override
        void run(MemorySegment x, MemorySegment y, long from, long to) {
            long i = from;
            for (; i <= to - Lanes.COUNT; i += Lanes.COUNT) {
                HalfLanes.storeBf16(Lanes.load(x, i, to), y, i, to);
            }
            if (i < to) {
                HalfLanes.storeBf16(Lanes.load(x, i, to), y, i, to);
            }
        }
    },
    BF16_TO_F32 {
        @Override
        void run(MemorySegment x, MemorySegment y, long from, long to) {
            long i = from;
            for (; i <= to - Lanes.COUNT; i += Lanes.COUNT) {
                Lanes.store(HalfLanes.loadBf16(x, i, to), y, i, to);
            }
            if (i < to) {
                Lanes.store(HalfLanes.loadBf16(x, i, to), y, i, to);
            }
        }
    },
    F16_TO_F32 {
        @Override
        void run(MemorySegment x, MemorySegment y, long from, long to) {
            long i = from;
            for (; i <= to - Lanes.COUNT; i += Lanes.COUNT) {
                Lanes.store(HalfLanes.loadF16(x, i, to), y, i, to);
            }
            if (i < to) {
                Lanes.store(HalfLanes.loadF16(x, i, to), y, i, to);
            }
        }
    },
    F32_TO_F16 {
        @Override
        void run(MemorySegment x, MemorySegment y, long from, long to) {
            for (long i = from; i < to; i++) {
                y.setAtIndex(ValueLayout.JAVA_SHORT, i, Float.floatToFloat16(x.getAtIndex(ValueLayout.JAVA_FLOAT, i)));
            }
        }
    };

    /**
     * The conversion from one dtype to another.
     *
     * @throws IllegalArgumentException when no kernel needs it
     */
    static Conversion between(DType from, DType to) {
        if (from == DType.F32 && to == DType.BF16) {
            return F32_TO_BF16;
        }
        if (from == DType.BF16 && to == DType.F32) {
            return BF16_TO_F32;
        }
        if (from == DType.F16 && to == DType.F32) {
            return F16_TO_F32;
        }
        if (from == DType.F32 && to == DType.F16) {
            return F32_TO_F16;
        }
        throw new IllegalArgumentException("no cast from " + from + " to " + to);
    }

    /** Converts elements {@code from} (inclusive) to {@code to} (exclusive) of x into those of y. */
    abstract void run(MemorySegment x, MemorySegment y, long from, long to);
}
