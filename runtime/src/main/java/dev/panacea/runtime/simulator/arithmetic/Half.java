package dev.panacea.runtime.simulator.arithmetic;

/**
 * f16 instructions on 16-bit patterns and, under the same names, f16x2 on a pair in an int, lower half first. Results are rounded to
 * nearest even, once; with {@code ftz} subnormal operands and results become zeros; NaN results are 0x7fff.
 */
public final class Half {
    public static final short NAN = 0x7fff;
    public static final short ONE = 0x3c00;

    private static final int SIGN = 0x8000;
    private static final int MAGNITUDE = 0x7fff;
    private static final int INFINITY = 0x7c00;
    private static final int LEAST_NORMAL = 0x0400;

    private Half() { }

    /** Exactly; a NaN becomes f32's. */
    public static float toFloat(short h) {
        return Float32.result(Float.float16ToFloat(h), false);
    }

    /** To nearest even. */
    public static short fromFloat(float x) {
        return x != x ? NAN : Float.floatToFloat16(x);
    }

    /** In any mode but ties away. */
    public static short fromFloat(float x, Rounding rounding) {
        short nearest = fromFloat(x);
        float value = Float.float16ToFloat(nearest);
        return (short) (nearest + rounding.step(value, (double) x - value));
    }

    public static short add(short a, short b, boolean ftz, boolean sat) {
        // the sum in f32 has over twice f16's bits and two: rounding it again changes nothing
        return result(operand(a, ftz) + operand(b, ftz), ftz, sat, false);
    }

    public static short sub(short a, short b, boolean ftz, boolean sat) {
        return add(a, neg(b), ftz, sat);
    }

    public static short mul(short a, short b, boolean ftz, boolean sat) {
        return result(operand(a, ftz) * operand(b, ftz), ftz, sat, false);
    }

    /** {@code a·b + c}, rounded once; {@code relu} makes negative results zero and leaves NaN. */
    public static short fma(short a, short b, short c, boolean ftz, boolean sat, boolean relu) {
        double product = (double) operand(a, ftz) * operand(b, ftz);
        return result(Float32.odd(Float32.oddSum(product, operand(c, ftz))), ftz, sat, relu);
    }

    /** min: of a number and a NaN the number, or with {@code nan} (min.NaN) the NaN. */
    public static short min(short a, short b, boolean nan, boolean ftz) {
        return fromFloat(Float32.min(operand(a, ftz), operand(b, ftz), nan, false));
    }

    /** max: of a number and a NaN the number, or with {@code nan} (max.NaN) the NaN. */
    public static short max(short a, short b, boolean nan, boolean ftz) {
        return fromFloat(Float32.max(operand(a, ftz), operand(b, ftz), nan, false));
    }

    public static short neg(short a) {
        return (short) (a ^ SIGN);
    }

    public static short abs(short a) {
        return (short) (a & MAGNITUDE);
    }

    /** A subnormal number becomes the zero of its sign. */
    public static short flush(short h) {
        return (h & MAGNITUDE) < LEAST_NORMAL ? (short) (h & SIGN) : h;
    }

    /** set of type f16: 1.0 where the comparison holds, else +0. */
    public static short set(Comparison comparison, short a, short b, boolean ftz) {
        return comparison.holds(operand(a, ftz), operand(b, ftz)) ? ONE : 0;
    }

    public static int add(int a, int b, boolean ftz, boolean sat) {
        return pack(add(low(a), low(b), ftz, sat), add(high(a), high(b), ftz, sat));
    }

    public static int sub(int a, int b, boolean ftz, boolean sat) {
        return pack(sub(low(a), low(b), ftz, sat), sub(high(a), high(b), ftz, sat));
    }

    public static int mul(int a, int b, boolean ftz, boolean sat) {
        return pack(mul(low(a), low(b), ftz, sat), mul(high(a), high(b), ftz, sat));
    }

    public static int fma(int a, int b, int c, boolean ftz, boolean sat, boolean relu) {
        return pack(fma(low(a), low(b), low(c), ftz, sat, relu), fma(high(a), high(b), high(c), ftz, sat, relu));
    }

    public static int min(int a, int b, boolean nan, boolean ftz) {
        return pack(min(low(a), low(b), nan, ftz), min(high(a), high(b), nan, ftz));
    }

    public static int max(int a, int b, boolean nan, boolean ftz) {
        return pack(max(low(a), low(b), nan, ftz), max(high(a), high(b), nan, ftz));
    }

    public static int set(Comparison comparison, int a, int b, boolean ftz) {
        return pack(set(comparison, low(a), low(b), ftz), set(comparison, high(a), high(b), ftz));
    }

    /** neg of a pair of 16-bit floats of either format. */
    public static int neg(int pair) {
        return pair ^ (SIGN << 16 | SIGN);
    }

    /** abs of a pair of 16-bit floats of either format. */
    public static int abs(int pair) {
        return pair & (MAGNITUDE << 16 | MAGNITUDE);
    }

    public static short low(int pair) {
        return (short) pair;
    }

    public static short high(int pair) {
        return (short) (pair >>> 16);
    }

    public static int pack(short low, short high) {
        return high << 16 | low & 0xffff;
    }

    /** {@code h} with infinities made the greatest finite number of their sign. */
    static short finite(short h) {
        return (h & MAGNITUDE) == INFINITY ? (short) (h - 1) : h;
    }

    private static float operand(short h, boolean ftz) {
        return Float.float16ToFloat(ftz ? flush(h) : h);
    }

    private static short result(float x, boolean ftz, boolean sat, boolean relu) {
        if (sat) {
            return result(Float32.saturate(x), ftz, false, false);
        }
        short h = fromFloat(relu && x <= 0 ? 0f : x);
        return ftz ? flush(h) : h;
    }
}
