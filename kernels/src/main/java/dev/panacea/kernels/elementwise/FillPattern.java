package dev.panacea.kernels.elementwise;

import dev.panacea.runtime.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Memory full of one value, 8 bytes at a time.
 *
 * @param bits of the value, again and again until they are 64, in the byte order of the memory: little-endian
 */
record FillPattern(long bits) {
    private static final int BF16_SHIFT = 16;

    /** @throws IllegalArgumentException when {@code dtype} is of integers and {@code value} is none of them */
    static FillPattern of(DType dtype, float value) {
        return switch (dtype) {
            case F32 -> repeated(Float.floatToRawIntBits(value), Float.SIZE);
            case BF16 -> repeated(bf16(value), Short.SIZE);
            case F16 -> repeated(Float.floatToFloat16(value), Short.SIZE);
            case I32 -> repeated(integer(dtype, value, Integer.MIN_VALUE, -(double) Integer.MIN_VALUE), Integer.SIZE);
            case I64 -> new FillPattern(integer(dtype, value, Long.MIN_VALUE, -(double) Long.MIN_VALUE));
            case U8 -> repeated(integer(dtype, value, 0, 1 << Byte.SIZE), Byte.SIZE);
        };
    }

    private static FillPattern repeated(long value, int width) {
        long bits = value & (1L << width) - 1;
        for (int filled = width; filled < Long.SIZE; filled *= 2) {
            bits |= bits << filled;
        }
        return new FillPattern(bits);
    }

    // to nearest, ties to even; a NaN stays one whatever its fraction loses
    private static int bf16(float value) {
        int bits = Float.floatToIntBits(value);
        int odd = bits >>> BF16_SHIFT & 1;
        return Float.isNaN(value) ? bits >>> BF16_SHIFT : bits + 0x7FFF + odd >>> BF16_SHIFT;
    }

    /** @param end the first value that is too large */
    private static long integer(DType dtype, float value, double least, double end) {
        if (!(value >= least && value < end && value == Math.rint(value))) {
            throw new IllegalArgumentException("cannot fill " + dtype + " with " + value);
        }
        return (long) value;
    }

    /** Fills bytes {@code from} (inclusive) to {@code to} (exclusive), whole elements, the first at a multiple of its size. */
    void fill(MemorySegment memory, long from, long to) {
        long at = from;
        for (; at <= to - Long.BYTES; at += Long.BYTES) {
            memory.set(ValueLayout.JAVA_LONG_UNALIGNED, at, bits);
        }
        for (; at < to; at++) {
            memory.set(ValueLayout.JAVA_BYTE, at, (byte) (bits >>> (at - from) % Long.BYTES * Byte.SIZE));
        }
    }
}
