package dev.panacea.transformer.weights;

import dev.panacea.runtime.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Copies floating-point elements between the little-endian, possibly unaligned memory of a file and a buffer, widening or rounding
 * (to nearest, ties to even) as the dtypes say: F32, BF16 or F16 to F32 or BF16.
 */
final class FloatCopy {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private FloatCopy() { }

    static void copy(MemorySegment from, DType fromType, MemorySegment to, DType toType, long count) {
        if (fromType == toType) {
            MemorySegment.copy(from, 0, to, 0, count * toType.bytes());
        } else if (fromType == DType.BF16 && toType == DType.F32) {
            widenBfloat16(from, to, count);
        } else if (fromType == DType.F16 && toType == DType.F32) {
            widenFloat16(from, to, count);
        } else if (fromType == DType.F32 && toType == DType.BF16) {
            roundFloat32(from, to, count);
        } else if (fromType == DType.F16 && toType == DType.BF16) {
            roundFloat16(from, to, count);
        } else {
            throw new IllegalArgumentException("no copy from " + fromType + " to " + toType);
        }
    }

    /** The position of the first NaN or infinity of a file's elements, or -1. */
    static long firstNonFinite(MemorySegment values, DType type, long count) {
        return switch (type) {
            case F32 -> firstNonFinite32(values, count);
            case BF16 -> firstNonFinite16(values, count, 0x7f80);
            case F16 -> firstNonFinite16(values, count, 0x7c00);
            default -> throw new IllegalArgumentException(type + " is not a floating-point type");
        };
    }

    /** The bits of {@code value} as bfloat16. */
    static short toBfloat16(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) (bits >>> 16 | 0x40); // rounding could carry a NaN into infinity
        }
        return (short) (bits + 0x7fff + (bits >>> 16 & 1) >>> 16);
    }

    private static void widenBfloat16(MemorySegment from, MemorySegment to, long count) {
        for (long i = 0; i < count; i++) {
            to.setAtIndex(ValueLayout.JAVA_INT, i, from.getAtIndex(SHORT, i) << 16);
        }
    }

    private static void widenFloat16(MemorySegment from, MemorySegment to, long count) {
        for (long i = 0; i < count; i++) {
            to.setAtIndex(ValueLayout.JAVA_FLOAT, i, Float.float16ToFloat(from.getAtIndex(SHORT, i)));
        }
    }

    private static void roundFloat32(MemorySegment from, MemorySegment to, long count) {
        for (long i = 0; i < count; i++) {
            to.setAtIndex(ValueLayout.JAVA_SHORT, i, toBfloat16(Float.intBitsToFloat(from.getAtIndex(INT, i))));
        }
    }

    private static void roundFloat16(MemorySegment from, MemorySegment to, long count) {
        for (long i = 0; i < count; i++) {
            to.setAtIndex(ValueLayout.JAVA_SHORT, i, toBfloat16(Float.float16ToFloat(from.getAtIndex(SHORT, i))));
        }
    }

    /** A full exponent field plus one carries into the sign bit: one pass without branches, and a second only when it fired. */
    private static long firstNonFinite32(MemorySegment values, long count) {
        int carries = 0;
        for (long i = 0; i < count; i++) {
            carries |= (values.getAtIndex(INT, i) & 0x7f800000) + 0x00800000;
        }
        if (carries >= 0) {
            return -1;
        }
        long first = 0;
        while ((values.getAtIndex(INT, first) & 0x7f800000) != 0x7f800000) {
            first++;
        }
        return first;
    }

    private static long firstNonFinite16(MemorySegment values, long count, int exponent) {
        int carries = 0;
        int one = Integer.lowestOneBit(exponent);
        for (long i = 0; i < count; i++) {
            carries |= (values.getAtIndex(SHORT, i) & exponent) + one;
        }
        if ((carries & 0x8000) == 0) {
            return -1;
        }
        long first = 0;
        while ((values.getAtIndex(SHORT, first) & exponent) != exponent) {
            first++;
        }
        return first;
    }
}
