package dev.panacea.runtime.simulator.arithmetic;

/** f64 instructions, correctly rounded in every mode; subnormal numbers are kept. NaN results are 0xfff8000000000000. */
public final class Float64 {
    /** The NaN that f64 instructions give. */
    public static final double NAN = Double.longBitsToDouble(0xfff8000000000000L);

    // significands are brought near 1 and no closer to the range's ends than this, so that no step of an exact sum is rounded
    private static final int FAR = 400;
    private static final int SUBNORMAL_SCALE = 54;

    private Float64() { }

    public static double add(double a, double b, Rounding rounding) {
        return rounding == Rounding.NEAREST_EVEN ? result(a + b) : fma(a, 1, b, rounding);
    }

    public static double sub(double a, double b, Rounding rounding) {
        return add(a, -b, rounding);
    }

    public static double mul(double a, double b, Rounding rounding) {
        double product = a * b;
        return rounding == Rounding.NEAREST_EVEN ? result(product) : fma(a, b, Math.copySign(0.0, product), rounding);
    }

    /** {@code a·b + c}, rounded once. */
    public static double fma(double a, double b, double c, Rounding rounding) {
        if (rounding == Rounding.NEAREST_EVEN || !finite(a) || !finite(b) || !finite(c)) {
            return result(Math.fma(a, b, c));
        }
        return a == 0 || b == 0 ? addZero(c, Math.copySign(0.0, a) * Math.copySign(1.0, b), rounding) : exactFma(a, b, c, rounding);
    }

    public static double div(double a, double b, Rounding rounding) {
        double nearest = a / b;
        if (rounding == Rounding.NEAREST_EVEN || !finite(a) || !finite(b) || a == 0 || b == 0) {
            return result(nearest);
        }
        int exponentA = exponent(a);
        int exponentB = exponent(b);
        double x = Math.scalb(a, -exponentA);
        double y = Math.scalb(b, -exponentB);
        double quotient = x / y;
        double remainder = Math.fma(-quotient, y, x);
        return round(quotient, y > 0 ? remainder : -remainder, exponentA - exponentB, rounding);
    }

    public static double rcp(double a, Rounding rounding) {
        return div(1, a, rounding);
    }

    public static double sqrt(double a, Rounding rounding) {
        double nearest = Math.sqrt(a);
        if (rounding == Rounding.NEAREST_EVEN || !finite(a) || !(a > 0)) {
            return result(nearest);
        }
        int half = exponent(a) >> 1;
        double x = Math.scalb(a, -2 * half);
        double root = Math.sqrt(x);
        return round(root, Math.fma(-root, root, x), half, rounding);
    }

    /** min: of a number and a NaN the number; -0 is less than +0. */
    public static double min(double a, double b) {
        return a != a || b != b ? ofNaN(a, b) : Math.min(a, b);
    }

    /** max: of a number and a NaN the number; +0 is more than -0. */
    public static double max(double a, double b) {
        return a != a || b != b ? ofNaN(a, b) : Math.max(a, b);
    }

    /** .sat: clamped to [0, 1]; NaN becomes +0. */
    public static double saturate(double x) {
        return x > 0 ? Math.min(x, 1.0) : 0.0;
    }

    static double result(double x) {
        return x != x ? NAN : x;
    }

    private static double exactFma(double a, double b, double c, Rounding rounding) {
        int exponentA = exponent(a);
        int exponentB = exponent(b);
        int exponentC = c == 0 ? exponentA + exponentB : exponent(c);
        double x = Math.scalb(a, -exponentA);
        double y = Math.scalb(b, -exponentB);
        int apart = exponentC - exponentA - exponentB;
        // beyond FAR a term matters by its sign alone
        double z = Math.scalb(Math.scalb(c, -exponentC), Math.clamp(apart, -FAR, FAR));
        int scale = Math.max(exponentA + exponentB, exponentC - FAR);

        double product = x * y;
        double productRest = Math.fma(x, y, -product);
        double high = product + z;
        double highRest = rest(product, z, high);
        double low = highRest + productRest;
        double lowRest = rest(highRest, productRest, low);
        double sum = high + low;
        double sumRest = rest(high, low, sum) + lowRest;
        if (sum == 0) {
            return rounding == Rounding.DOWN ? -0.0 : 0.0;
        }
        return round(sum, sumRest, scale, rounding);
    }

    /** What {@code sum}, the rounded sum of {@code a} and {@code b}, lacks: exact (Knuth's two-sum). */
    private static double rest(double a, double b, double sum) {
        double fromB = sum - a;
        return (a - (sum - fromB)) + (b - fromB);
    }

    /** {@code (value + rest)·2^scale}, where {@code value} is a neighbour of the sum and of {@code rest} only the sign matters. */
    private static double round(double value, double rest, int scale, Rounding rounding) {
        double nearest = Math.scalb(value, scale);
        double error;
        if (finite(nearest)) {
            error = value - Math.scalb(nearest, -scale);
            error = error == 0 ? rest : error;
        } else {
            error = -value;
        }
        return Double.longBitsToDouble(Double.doubleToRawLongBits(nearest) + rounding.step(nearest, error));
    }

    private static double addZero(double c, double zero, Rounding rounding) {
        boolean unlike = Double.doubleToRawLongBits(c) != Double.doubleToRawLongBits(zero);
        if (c == 0 && unlike) {
            return rounding == Rounding.DOWN ? -0.0 : 0.0;
        }
        return c;
    }

    private static double ofNaN(double a, double b) {
        if (a != a) {
            return b != b ? NAN : b;
        }
        return a;
    }

    private static boolean finite(double x) {
        return Math.abs(x) <= Double.MAX_VALUE;
    }

    /** The exponent of the leading bit of {@code x}, which is not zero. */
    private static int exponent(double x) {
        return Math.abs(x) < Double.MIN_NORMAL
            ? Math.getExponent(x * 0x1p54) - SUBNORMAL_SCALE
            : Math.getExponent(x);
    }
}
