package dev.panacea.runtime.simulator.arithmetic;

/**
 * cvt to integers of 8, 16, 32 or 64 bits, given as a long: sign-extended if signed, zero-extended if not.
 *
 * <p>Floats are rounded to an integral number and clamped to the type's range. NaN, by the ISA (since 9.0; hardware did so before):
 * from f64, or to a 64-bit integer, the integer that has the highest bit alone; otherwise 0. f16 and bf16 count as f32.
 */
public final class IntegerConversions {
    private IntegerConversions() { }

    public static long toSigned(float x, int bits, Rounding rounding) {
        if (x != x) {
            return bits == Long.SIZE ? Long.MIN_VALUE : 0;
        }
        return clampSigned(rounding.integral(x), bits);
    }

    public static long toUnsigned(float x, int bits, Rounding rounding) {
        if (x != x) {
            return bits == Long.SIZE ? Long.MIN_VALUE : 0;
        }
        return clampUnsigned(rounding.integral(x), bits);
    }

    public static long toSigned(double x, int bits, Rounding rounding) {
        return x != x ? -1L << bits - 1 : clampSigned(rounding.integral(x), bits);
    }

    public static long toUnsigned(double x, int bits, Rounding rounding) {
        return x != x ? 1L << bits - 1 : clampUnsigned(rounding.integral(x), bits);
    }

    /** cvt.sat to a signed type; {@code value} is extended as its own type says, which {@code fromSigned} names. */
    public static long saturateSigned(long value, boolean fromSigned, int bits) {
        long greatest = greatestSigned(bits);
        if (!fromSigned && value < 0) {
            return greatest;
        }
        return Math.clamp(value, ~greatest, greatest);
    }

    /** cvt.sat to an unsigned type; {@code value} is extended as its own type says, which {@code fromSigned} names. */
    public static long saturateUnsigned(long value, boolean fromSigned, int bits) {
        if (fromSigned && value < 0) {
            return 0;
        }
        long greatest = greatestUnsigned(bits);
        return Long.compareUnsigned(value, greatest) > 0 ? greatest : value;
    }

    /** The low {@code bits} of {@code value}, as a signed integer. */
    public static long wrapSigned(long value, int bits) {
        int unused = Long.SIZE - bits;
        return value << unused >> unused;
    }

    /** The low {@code bits} of {@code value}, as an unsigned integer. */
    public static long wrapUnsigned(long value, int bits) {
        return value & greatestUnsigned(bits);
    }

    private static long clampSigned(double integral, int bits) {
        long greatest = greatestSigned(bits);
        return Math.max(~greatest, Math.min((long) integral, greatest));
    }

    private static long clampUnsigned(double integral, int bits) {
        if (!(integral > 0)) {
            return 0;
        }
        // a cast clamps to the signed range: from 2^63 on, the rest above it is cast, and from 2^64 on gives all ones
        if (bits == Long.SIZE && integral >= 0x1p63) {
            return (long) (integral - 0x1p63) | Long.MIN_VALUE;
        }
        return bits == Long.SIZE ? (long) integral : Math.min((long) integral, greatestUnsigned(bits));
    }

    private static long greatestSigned(int bits) {
        return Long.MAX_VALUE >>> Long.SIZE - bits;
    }

    private static long greatestUnsigned(int bits) {
        return -1L >>> Long.SIZE - bits;
    }
}
