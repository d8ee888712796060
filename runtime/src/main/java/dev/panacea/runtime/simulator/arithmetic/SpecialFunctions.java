package dev.panacea.runtime.simulator.arithmetic;

/**
 * The .approx functions. They are computed in double and rounded, which keeps every bound that the ISA states (2^-22 relative at the
 * tightest) with room to spare; the hardware's tables give other last bits. With {@code ftz} subnormal operands and results become
 * zeros of their sign.
 */
public final class SpecialFunctions {
    private static final double TWO_OVER_PI = 0x1.45f306dc9c883p-1;
    private static final double HALF_PI = 0x1.921fb54442d18p+0;
    private static final double HALF_PI_REST = 0x1.1a62633145c07p-54;
    /** Above, a quotient by π/2 no longer is small against a double's bits. */
    private static final double FAR_ANGLE = 0x1p30;
    private static final float SMALL_TANH = 0.3f;
    private static final double TWO_LOG2_E = 2 / 0.6931471805599453;
    private static final long UPPER_WORD = 0xffffffff00000000L;

    private SpecialFunctions() { }

    public static float ex2(float x, boolean ftz) {
        return Float32.result((float) Approximation.exp2(x), ftz);
    }

    public static float lg2(float x, boolean ftz) {
        float y = ftz ? Float32.flush(x) : x;
        if (y > 0 && y <= Float.MAX_VALUE) {
            return (float) Approximation.log2(y);
        }
        if (y == 0) {
            return Float.NEGATIVE_INFINITY;
        }
        return y > 0 ? y : Float32.NAN;
    }

    public static float rcp(float x, boolean ftz) {
        return Float32.result(1 / (ftz ? Float32.flush(x) : x), ftz);
    }

    public static float sqrt(float x, boolean ftz) {
        return Float32.result((float) Math.sqrt(ftz ? Float32.flush(x) : x), ftz);
    }

    /** 1/√x; of a zero the infinity of its sign. */
    public static float rsqrt(float x, boolean ftz) {
        return Float32.result((float) (1 / Math.sqrt(ftz ? Float32.flush(x) : x)), ftz);
    }

    public static float sin(float x, boolean ftz) {
        float y = ftz ? Float32.flush(x) : x;
        return y == 0 ? y : Float32.result((float) sine(y, 0), ftz);
    }

    public static float cos(float x, boolean ftz) {
        return Float32.result((float) sine(ftz ? Float32.flush(x) : x, 1), ftz);
    }

    public static float tanh(float x) {
        float magnitude = Math.abs(x);
        double y = magnitude < SMALL_TANH ? smallTanh(magnitude) : 1 - 2 / (Approximation.exp2(magnitude * TWO_LOG2_E) + 1);
        return Float32.result(Math.copySign((float) y, x), false);
    }

    /** ex2.approx.f16. */
    public static short ex2Half(short x) {
        return Half.fromFloat(ex2(Half.toFloat(x), false));
    }

    /** ex2.approx.f16x2. */
    public static int ex2Half(int pair) {
        return Half.pack(ex2Half(Half.low(pair)), ex2Half(Half.high(pair)));
    }

    /** ex2.approx.ftz.bf16. */
    public static short ex2BFloat16(short x) {
        return BFloat16.fromFloat(ex2(BFloat16.toFloat(x), true));
    }

    /** ex2.approx.ftz.bf16x2. */
    public static int ex2BFloat16(int pair) {
        return Half.pack(ex2BFloat16(Half.low(pair)), ex2BFloat16(Half.high(pair)));
    }

    /** tanh.approx.f16. */
    public static short tanhHalf(short x) {
        return Half.fromFloat(tanh(Half.toFloat(x)));
    }

    /** tanh.approx.f16x2. */
    public static int tanhHalf(int pair) {
        return Half.pack(tanhHalf(Half.low(pair)), tanhHalf(Half.high(pair)));
    }

    /** tanh.approx.bf16. */
    public static short tanhBFloat16(short x) {
        return BFloat16.fromFloat(tanh(BFloat16.toFloat(x)));
    }

    /** tanh.approx.bf16x2. */
    public static int tanhBFloat16(int pair) {
        return Half.pack(tanhBFloat16(Half.low(pair)), tanhBFloat16(Half.high(pair)));
    }

    /** rcp.approx.ftz.f64: of the operand's upper word, to the result's upper word; the lower words count as zero. */
    public static double rcpUpper(double x) {
        return upper(1 / upper(x));
    }

    /** rsqrt.approx.ftz.f64: of the operand's upper word, to the result's upper word. */
    public static double rsqrtUpper(double x) {
        return upper(1 / Math.sqrt(upper(x)));
    }

    /** rsqrt.approx.f64. */
    public static double rsqrt(double x) {
        return Float64.result(1 / Math.sqrt(x));
    }

    private static double upper(double x) {
        if (x != x) {
            return Float64.NAN;
        }
        double flushed = Math.abs(x) < Double.MIN_NORMAL ? Math.copySign(0.0, x) : x;
        return Double.longBitsToDouble(Double.doubleToRawLongBits(flushed) & UPPER_WORD);
    }

    /** sin(x + quarters·π/2), to about 2^-33 absolute. */
    private static double sine(double x, int quarters) {
        if (!(Math.abs(x) <= FAR_ANGLE)) {
            return quarters == 0 ? StrictMath.sin(x) : StrictMath.cos(x);
        }
        double turns = Math.rint(x * TWO_OVER_PI);
        double r = Math.fma(-turns, HALF_PI_REST, Math.fma(-turns, HALF_PI, x));
        long quarter = (long) turns + quarters;
        double y = (quarter & 1) == 0 ? smallSine(r) : smallCosine(r);
        return (quarter & 2) == 0 ? y : -y;
    }

    // Taylor series: beyond these terms less than 2^-33 remains for |r| ≤ π/4
    private static double smallSine(double r) {
        return odd(r, -1.0 / 6, 1.0 / 120, -1.0 / 5040, 1.0 / 362880, -1.0 / 39916800, 1.0 / 6227020800L);
    }

    private static double smallCosine(double r) {
        double z = r * r;
        double p = Math.fma(z, -1.0 / 3628800, 1.0 / 40320);
        p = Math.fma(p, z, -1.0 / 720);
        p = Math.fma(p, z, 1.0 / 24);
        p = Math.fma(p, z, -1.0 / 2);
        return Math.fma(p, z, 1);
    }

    // Taylor series: the first term left out is 2^-33 relative at the end of the range
    private static double smallTanh(double x) {
        return odd(x, -1.0 / 3, 2.0 / 15, -17.0 / 315, 62.0 / 2835, -1382.0 / 155925, 21844.0 / 6081075);
    }

    /** {@code x + c3·x³ + … + c13·x¹³}. */
    private static double odd(double x, double c3, double c5, double c7, double c9, double c11, double c13) {
        double z = x * x;
        double p = Math.fma(z, c13, c11);
        p = Math.fma(p, z, c9);
        p = Math.fma(p, z, c7);
        p = Math.fma(p, z, c5);
        p = Math.fma(p, z, c3);
        return Math.fma(p * z, x, x);
    }
}
