package dev.panacea.runtime.simulator.arithmetic;

/**
 * bf16 instructions on 16-bit patterns and, under the same names, bf16x2 on a pair in an int, lower half first. Results are rounded
 * to nearest even, once; subnormal numbers are kept; NaN results are 0x7fff.
 */
public final class BFloat16 {
    public static final short NAN = 0x7fff;
    public static final short ONE = 0x3f80;

    private static final int MAGNITUDE = 0x7fff;
    private static final int INFINITY = 0x7f80;
    private static final int HALF_UNIT_LESS = 0x7fff;

    private BFloat16() { }

    /** Exactly; a NaN becomes f32's. */
    public static float toFloat(short b) {
        return Float32.result(value(b), false);
    }

    /** To nearest even. */
    public static short fromFloat(float x) {
        if (x != x) {
            return NAN;
        }
        int bits = Float.floatToRawIntBits(x);
        return (short) (bits + HALF_UNIT_LESS + (bits >>> 16 & 1) >>> 16);
    }

    /** In any mode but ties away. */
    public static short fromFloat(float x, Rounding rounding) {
        short nearest = fromFloat(x);
        float value = value(nearest);
        return (short) (nearest + rounding.step(value, (double) x - value));
    }

    public static short add(short a, short b) {
        return fromFloat(value(a) + value(b));
    }

    public static short sub(short a, short b) {
        return add(a, Half.neg(b));
    }

    public static short mul(short a, short b) {
        // the product's 16 bits are exact in f32, down to half of bf16's least number; what is less becomes zero, as it should
        return fromFloat(value(a) * value(b));
    }

    /** {@code a·b + c}, rounded once; {@code relu} makes negative results zero and leaves NaN. */
    public static short fma(short a, short b, short c, boolean relu) {
        float x = Float32.odd(Float32.oddSum((double) value(a) * value(b), value(c)));
        return fromFloat(relu && x <= 0 ? 0f : x);
    }

    /** min: of a number and a NaN the number, or with {@code nan} (min.NaN) the NaN. */
    public static short min(short a, short b, boolean nan) {
        return fromFloat(Float32.min(value(a), value(b), nan, false));
    }

    /** max: of a number and a NaN the number, or with {@code nan} (max.NaN) the NaN. */
    public static short max(short a, short b, boolean nan) {
        return fromFloat(Float32.max(value(a), value(b), nan, false));
    }

    /** set of type bf16: 1.0 where the comparison holds, else +0. */
    public static short set(Comparison comparison, short a, short b) {
        return comparison.holds(value(a), value(b)) ? ONE : 0;
    }

    public static int add(int a, int b) {
        return Half.pack(add(Half.low(a), Half.low(b)), add(Half.high(a), Half.high(b)));
    }

    public static int sub(int a, int b) {
        return Half.pack(sub(Half.low(a), Half.low(b)), sub(Half.high(a), Half.high(b)));
    }

    public static int mul(int a, int b) {
        return Half.pack(mul(Half.low(a), Half.low(b)), mul(Half.high(a), Half.high(b)));
    }

    public static int fma(int a, int b, int c, boolean relu) {
        return Half.pack(fma(Half.low(a), Half.low(b), Half.low(c), relu), fma(Half.high(a), Half.high(b), Half.high(c), relu));
    }

    public static int min(int a, int b, boolean nan) {
        return Half.pack(min(Half.low(a), Half.low(b), nan), min(Half.high(a), Half.high(b), nan));
    }

    public static int max(int a, int b, boolean nan) {
        return Half.pack(max(Half.low(a), Half.low(b), nan), max(Half.high(a), Half.high(b), nan));
    }

    public static int set(Comparison comparison, int a, int b) {
        return Half.pack(set(comparison, Half.low(a), Half.low(b)), set(comparison, Half.high(a), Half.high(b)));
    }

    /** {@code b} with infinities made the greatest finite number of their sign. */
    static short finite(short b) {
        return (b & MAGNITUDE) == INFINITY ? (short) (b - 1) : b;
    }

    private static float value(short b) {
        return Float.intBitsToFloat(b << 16);
    }
}
