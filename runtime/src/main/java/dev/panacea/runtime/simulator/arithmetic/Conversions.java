package dev.panacea.runtime.simulator.arithmetic;

/**
 * cvt between floats of different formats, and of integers to floats. Flushing of subnormal operands (.ftz) is the caller's, by
 * {@link Float32#flush}; so is .sat, by {@link Float32#saturate}. From f16 and bf16 go through f32, which holds both exactly.
 */
public final class Conversions {
    private static final int TF32_DROPPED = 13;
    static final int TF32_KEPT = -1 << TF32_DROPPED;
    private static final int TF32_GREATEST = 0x7f7fe000;
    private static final int INFINITY = 0x7f800000;
    private static final int SIGN = 0x80000000;
    private static final int DOUBLE_BITS = 53;

    private Conversions() { }

    /** cvt.rni, .rzi, .rmi and .rpi of f32 to f32, and of f16 and bf16 by way of it. */
    public static float integral(float x, Rounding rounding) {
        return Float32.result((float) rounding.integral(x), false);
    }

    /** cvt.rni, .rzi, .rmi and .rpi of f64 to f64. */
    public static double integral(double x, Rounding rounding) {
        return Float64.result(rounding.integral(x));
    }

    public static float toFloat32(double x, Rounding rounding, boolean ftz) {
        return Float32.result(Float32.round(x, rounding), ftz);
    }

    public static double toFloat64(float x) {
        return Float64.result(x);
    }

    /**
     * f32 to f16.
     *
     * @param relu negative results become +0
     * @param finite .satfinite: infinities, and what would become one, become the greatest finite number
     */
    public static short toHalf(float x, Rounding rounding, boolean relu, boolean finite) {
        short h = Half.fromFloat(relu && x <= 0 ? 0f : x, rounding);
        return finite ? Half.finite(h) : h;
    }

    /** f64 to f16. */
    public static short toHalf(double x, Rounding rounding) {
        return Half.fromFloat(Float32.odd(x), rounding);
    }

    /** cvt.f16x2.f32: {@code first} goes to the upper half. */
    public static int toHalves(float first, float second, Rounding rounding, boolean relu, boolean finite) {
        return Half.pack(toHalf(second, rounding, relu, finite), toHalf(first, rounding, relu, finite));
    }

    /** f32 to bf16, with {@code relu} and {@code finite} as in {@link #toHalf(float, Rounding, boolean, boolean)}. */
    public static short toBFloat16(float x, Rounding rounding, boolean relu, boolean finite) {
        short b = BFloat16.fromFloat(relu && x <= 0 ? 0f : x, rounding);
        return finite ? BFloat16.finite(b) : b;
    }

    /** f64 to bf16. */
    public static short toBFloat16(double x, Rounding rounding) {
        return BFloat16.fromFloat(Float32.odd(x), rounding);
    }

    /** cvt.bf16x2.f32: {@code first} goes to the upper half. */
    public static int toBFloat16s(float first, float second, Rounding rounding, boolean relu, boolean finite) {
        return Half.pack(toBFloat16(second, rounding, relu, finite), toBFloat16(first, rounding, relu, finite));
    }

    /** f32 to tf32, as f32 bits with 13 zeros at the end; to nearest even, to nearest with ties away, or toward zero. */
    public static int toTf32(float x, Rounding rounding, boolean relu, boolean finite) {
        if (x != x) {
            return Float.floatToRawIntBits(Float32.NAN);
        }
        int bits = Float.floatToRawIntBits(relu && x <= 0 ? 0f : x);
        int rounded = bits + switch (rounding) {
            case NEAREST_EVEN -> (1 << TF32_DROPPED - 1) - 1 + (bits >>> TF32_DROPPED & 1);
            case NEAREST_AWAY -> 1 << TF32_DROPPED - 1;
            case ZERO -> 0;
            case DOWN, UP -> throw new IllegalArgumentException("cvt to tf32 rounds by .rn, .rna or .rz, not " + rounding);
        } & TF32_KEPT;
        return finite && (rounded & ~SIGN) == INFINITY ? rounded & SIGN | TF32_GREATEST : rounded;
    }

    /** Of a signed integer of up to 64 bits, sign-extended. */
    public static float signedToFloat32(long value, Rounding rounding) {
        return Float32.round(signedOdd(value), rounding);
    }

    /** Of an unsigned integer of up to 64 bits, zero-extended. */
    public static float unsignedToFloat32(long value, Rounding rounding) {
        return Float32.round(unsignedOdd(value), rounding);
    }

    public static double signedToFloat64(long value, Rounding rounding) {
        return halvesToFloat64(value >> 32, value, rounding);
    }

    public static double unsignedToFloat64(long value, Rounding rounding) {
        return halvesToFloat64(value >>> 32, value, rounding);
    }

    public static short signedToHalf(long value, Rounding rounding) {
        return toHalf(signedOdd(value), rounding);
    }

    public static short unsignedToHalf(long value, Rounding rounding) {
        return toHalf(unsignedOdd(value), rounding);
    }

    public static short signedToBFloat16(long value, Rounding rounding) {
        return toBFloat16(signedOdd(value), rounding);
    }

    public static short unsignedToBFloat16(long value, Rounding rounding) {
        return toBFloat16(unsignedOdd(value), rounding);
    }

    private static double signedOdd(long value) {
        return value < 0 ? -unsignedOdd(-value) : unsignedOdd(value);
    }

    /** {@code value} with its leading 53 bits, the last of them set if any behind it is: odd, as {@link Float32#odd(double)} says. */
    private static double unsignedOdd(long value) {
        if (value >>> DOUBLE_BITS == 0) {
            return value;
        }
        int dropped = Long.SIZE - DOUBLE_BITS;
        boolean rest = value << DOUBLE_BITS != 0;
        return (double) (value >>> dropped | (rest ? 1 : 0)) * (1 << dropped);
    }

    private static double halvesToFloat64(long high, long low, Rounding rounding) {
        return Float64.add(high * 0x1p32, low & 0xffffffffL, rounding);
    }
}
