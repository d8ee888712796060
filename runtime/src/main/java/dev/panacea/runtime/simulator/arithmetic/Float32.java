package dev.panacea.runtime.simulator.arithmetic;

/**
 * f32 instructions, correctly rounded in every mode. With {@code ftz}, subnormal operands and results become zeros of their sign;
 * a result counts as subnormal after rounding. NaN results are 0x7fffffff.
 */
public final class Float32 {
    /** The one NaN that f32 instructions give. */
    public static final float NAN = Float.intBitsToFloat(0x7fffffff);

    private static final int SIGN = 0x80000000;

    private Float32() { }

    public static float add(float a, float b, Rounding rounding, boolean ftz) {
        float x = ftz ? flush(a) : a;
        float y = ftz ? flush(b) : b;
        return result(rounding == Rounding.NEAREST_EVEN ? x + y : sum(x, y, rounding), ftz);
    }

    public static float sub(float a, float b, Rounding rounding, boolean ftz) {
        return add(a, -b, rounding, ftz);
    }

    public static float mul(float a, float b, Rounding rounding, boolean ftz) {
        float x = ftz ? flush(a) : a;
        float y = ftz ? flush(b) : b;
        return result(rounding == Rounding.NEAREST_EVEN ? x * y : round((double) x * y, rounding), ftz);
    }

    /** {@code a·b + c}, rounded once. */
    public static float fma(float a, float b, float c, Rounding rounding, boolean ftz) {
        float x = ftz ? flush(a) : a;
        float y = ftz ? flush(b) : b;
        float z = ftz ? flush(c) : c;
        return result(rounding == Rounding.NEAREST_EVEN ? Math.fma(x, y, z) : sum((double) x * y, z, rounding), ftz);
    }

    public static float div(float a, float b, Rounding rounding, boolean ftz) {
        float x = ftz ? flush(a) : a;
        float y = ftz ? flush(b) : b;
        return result(rounding == Rounding.NEAREST_EVEN ? x / y : quotient(x, y, rounding), ftz);
    }

    public static float rcp(float a, Rounding rounding, boolean ftz) {
        return div(1, a, rounding, ftz);
    }

    public static float sqrt(float a, Rounding rounding, boolean ftz) {
        double x = ftz ? flush(a) : a;
        double root = Math.sqrt(x);
        // the remainder of a root of 53 bits is exact in double, and of the sign of the root's error
        return result(round(odd(root, Math.fma(-root, root, x)), rounding), ftz);
    }

    /**
     * div.approx: within 2 ulp for divisors of magnitude 2^-126 to 2^126; above, where the reciprocal is subnormal, zero, or NaN for
     * an infinite dividend, as the ISA says.
     */
    public static float divApprox(float a, float b, boolean ftz) {
        if (Math.abs(b) > 0x1p126f && Math.abs(b) <= Float.MAX_VALUE) {
            return result((ftz ? flush(a) : a) * Math.copySign(0f, b), ftz);
        }
        return div(a, b, Rounding.NEAREST_EVEN, ftz);
    }

    /** div.full: within 2 ulp for all operands, here correctly rounded. */
    public static float divFull(float a, float b, boolean ftz) {
        return div(a, b, Rounding.NEAREST_EVEN, ftz);
    }

    /** min: of a number and a NaN the number, or with {@code nan} (min.NaN) the NaN; -0 is less than +0. */
    public static float min(float a, float b, boolean nan, boolean ftz) {
        float x = ftz ? flush(a) : a;
        float y = ftz ? flush(b) : b;
        return x != x || y != y ? ofNaN(x, y, nan) : Math.min(x, y);
    }

    /** max: of a number and a NaN the number, or with {@code nan} (max.NaN) the NaN; +0 is more than -0. */
    public static float max(float a, float b, boolean nan, boolean ftz) {
        float x = ftz ? flush(a) : a;
        float y = ftz ? flush(b) : b;
        return x != x || y != y ? ofNaN(x, y, nan) : Math.max(x, y);
    }

    /** min.xorsign.abs: the lesser magnitude, with the product's sign. */
    public static float minXorSign(float a, float b, boolean nan, boolean ftz) {
        return xorSign(min(Math.abs(a), Math.abs(b), nan, ftz), a, b);
    }

    /** max.xorsign.abs: the greater magnitude, with the product's sign. */
    public static float maxXorSign(float a, float b, boolean nan, boolean ftz) {
        return xorSign(max(Math.abs(a), Math.abs(b), nan, ftz), a, b);
    }

    /** A subnormal number becomes the zero of its sign; everything else stays. */
    public static float flush(float x) {
        return Math.abs(x) < Float.MIN_NORMAL ? Math.copySign(0f, x) : x;
    }

    /** .sat: clamped to [0, 1]; NaN becomes +0. */
    public static float saturate(float x) {
        return x > 0 ? Math.min(x, 1f) : 0f;
    }

    /** {@code x} with a NaN made canonical and, with {@code ftz}, a subnormal number flushed. */
    static float result(float x, boolean ftz) {
        if (x != x) {
            return NAN;
        }
        return ftz ? flush(x) : x;
    }

    /** The double {@code x} in f32. */
    static float round(double x, Rounding rounding) {
        float nearest = (float) x;
        if (rounding == Rounding.NEAREST_EVEN) {
            return nearest;
        }
        return Float.intBitsToFloat(Float.floatToRawIntBits(nearest) + rounding.step(nearest, x - nearest));
    }

    /**
     * {@code x} rounded to odd: of the two neighbours of a value between them the one with the odd significand. A later rounding to
     * a format at least two bits shorter then gives what it would have given from {@code x} itself (Boldo and Melquiond 2008).
     */
    static float odd(double x) {
        float nearest = (float) x;
        int bits = Float.floatToRawIntBits(nearest);
        if (nearest == x || x != x || (bits & 1) != 0) {
            return nearest;
        }
        return Float.intBitsToFloat(bits + (Math.abs(x) > Math.abs((double) nearest) ? 1 : -1));
    }

    /** {@code sum + error} rounded to odd, where {@code sum} is its nearest double; of {@code error} only the sign matters. */
    static double odd(double sum, double error) {
        long bits = Double.doubleToRawLongBits(sum);
        if ((bits & 1) != 0 || !(error > 0 || error < 0)) {
            return sum;
        }
        return Double.longBitsToDouble(bits + ((error > 0) == (sum > 0) ? 1 : -1));
    }

    /** {@code a + b} of doubles far from overflow, rounded to odd. */
    static double oddSum(double a, double b) {
        double sum = a + b;
        double fromB = sum - a;
        return odd(sum, (a - (sum - fromB)) + (b - fromB));
    }

    private static float sum(double a, double b, Rounding rounding) {
        double sum = oddSum(a, b);
        if (sum == 0) {
            boolean bothPositive = (Double.doubleToRawLongBits(a) | Double.doubleToRawLongBits(b)) == 0;
            return rounding == Rounding.DOWN && !bothPositive ? -0f : (float) sum;
        }
        return round(sum, rounding);
    }

    private static float quotient(double a, double b, Rounding rounding) {
        double quotient = a / b;
        double remainder = Math.fma(-quotient, b, a);
        return round(odd(quotient, b > 0 ? remainder : -remainder), rounding);
    }

    private static float ofNaN(float a, float b, boolean nan) {
        if (nan || (a != a && b != b)) {
            return NAN;
        }
        return a != a ? b : a;
    }

    private static float xorSign(float magnitude, float a, float b) {
        if (magnitude != magnitude) {
            return NAN;
        }
        int sign = (Float.floatToRawIntBits(a) ^ Float.floatToRawIntBits(b)) & SIGN;
        return Float.intBitsToFloat(Float.floatToRawIntBits(magnitude) | sign);
    }
}
