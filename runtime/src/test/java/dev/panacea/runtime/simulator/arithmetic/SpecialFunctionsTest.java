package dev.panacea.runtime.simulator.arithmetic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

class SpecialFunctionsTest {
    private static final int SAMPLES_A_BINADE = 2_000;
    private static final float INFINITY = Float.POSITIVE_INFINITY;
    private static final float SUBNORMAL = 0x1p-130f;

    private final long seed = Corners.freshSeed();
    private final SplittableRandom random = new SplittableRandom(seed);

    private interface Function {
        float of(float x);
    }

    /** Within {@code relative} of the truth, and half a subnormal unit, in every binade of both signs. */
    private void checkRelative(Function function, DoubleUnaryOperator truth, double relative, int binades) {
        for (int exponent = -149; exponent < binades; exponent++) {
            for (int i = 0; i < SAMPLES_A_BINADE; i++) {
                float x = (float) Math.scalb(random.nextDouble(1, 2) * (random.nextBoolean() ? 1 : -1), exponent);
                double expected = truth.applyAsDouble(x);
                if (expected != expected || Math.abs(expected) >= 0x1.ffffffp127) {
                    continue;
                }
                double error = Math.abs(function.of(x) - expected);
                double allowed = relative * Math.abs(expected) + 0x1p-150;
                assertTrue(error <= allowed,
                    () -> "f(" + Float.toHexString(x) + ") = " + function.of(x) + ", not " + expected + ", seed " + seed);
            }
        }
    }

    @Test
    void everyBinadeIsWithinTheBoundsOfTheIsa() {
        // hardly more than half a unit in the last place, which is 2^-24 relative, and far inside the ISA's 2^-22 and 2^-11
        double nearest = 0x1.01p-24;
        checkRelative(x -> SpecialFunctions.ex2(x, false), x -> StrictMath.pow(2, x), nearest, 8);
        checkRelative(x -> SpecialFunctions.lg2(x, false), x -> StrictMath.log(x) / StrictMath.log(2), nearest, 128);
        checkRelative(x -> SpecialFunctions.rcp(x, false), x -> 1 / x, nearest, 128);
        checkRelative(x -> SpecialFunctions.sqrt(x, false), StrictMath::sqrt, nearest, 128);
        checkRelative(x -> SpecialFunctions.rsqrt(x, false), x -> 1 / StrictMath.sqrt(x), nearest, 128);
        checkRelative(SpecialFunctions::tanh, StrictMath::tanh, nearest, 128);
    }

    @Test
    void sinesAreNearTheTruthForAllAngles() {
        for (int exponent = -149; exponent < 128; exponent++) {
            for (int i = 0; i < SAMPLES_A_BINADE; i++) {
                float x = (float) Math.scalb(random.nextDouble(-2, 2), exponent);
                double allowed = 0x1.01p-25;
                assertEquals(StrictMath.sin(x), SpecialFunctions.sin(x, false), allowed, () -> "sin " + x + ", seed " + seed);
                assertEquals(StrictMath.cos(x), SpecialFunctions.cos(x, false), allowed, () -> "cos " + x + ", seed " + seed);
            }
        }
    }

    @Test
    void powersOfTwoAreExact() {
        for (int i = -149; i < 128; i++) {
            float power = (float) Math.scalb(1.0, i);
            assertEquals(power, SpecialFunctions.ex2(i, false));
            assertEquals(i, SpecialFunctions.lg2(power, false));
        }
    }

    @Test
    void specialValuesAreThoseOfTheIsasTables() {
        //            -inf      -sub      -0   +0  +sub  +inf
        table("ex2", x -> SpecialFunctions.ex2(x, true), 0, 1, 1, 1, 1, INFINITY);
        table("ex2", x -> SpecialFunctions.ex2(x, false), 0, 1, 1, 1, 1, INFINITY);
        table("lg2", x -> SpecialFunctions.lg2(x, true), Float.NaN, -INFINITY, -INFINITY, -INFINITY, -INFINITY, INFINITY);
        table("lg2", x -> SpecialFunctions.lg2(x, false), Float.NaN, Float.NaN, -INFINITY, -INFINITY, -130, INFINITY);
        table("rcp", x -> SpecialFunctions.rcp(x, true), -0f, -INFINITY, -INFINITY, INFINITY, INFINITY, 0);
        table("rcp", x -> SpecialFunctions.rcp(x, false), -0f, -INFINITY, -INFINITY, INFINITY, INFINITY, 0);
        table("rsqrt", x -> SpecialFunctions.rsqrt(x, true), Float.NaN, -INFINITY, -INFINITY, INFINITY, INFINITY, 0);
        table("rsqrt", x -> SpecialFunctions.rsqrt(x, false), Float.NaN, Float.NaN, -INFINITY, INFINITY, 0x1p65f, 0);
        table("sqrt", x -> SpecialFunctions.sqrt(x, true), Float.NaN, -0f, -0f, 0, 0, INFINITY);
        table("sqrt", x -> SpecialFunctions.sqrt(x, false), Float.NaN, Float.NaN, -0f, 0, 0x1p-65f, INFINITY);
        table("sin", x -> SpecialFunctions.sin(x, true), Float.NaN, -0f, -0f, 0, 0, Float.NaN);
        table("sin", x -> SpecialFunctions.sin(x, false), Float.NaN, -SUBNORMAL, -0f, 0, SUBNORMAL, Float.NaN);
        table("cos", x -> SpecialFunctions.cos(x, true), Float.NaN, 1, 1, 1, 1, Float.NaN);
        table("tanh", SpecialFunctions::tanh, -1, -SUBNORMAL, -0f, 0, SUBNORMAL, 1);
        assertEquals(0f, SpecialFunctions.ex2(-130, true));
        assertEquals(0x1p-130f, SpecialFunctions.ex2(-130, false));
        assertEquals(0f, SpecialFunctions.ex2(-1e30f, false));
        assertEquals(INFINITY, SpecialFunctions.ex2(1e30f, false));
        assertEquals(-0f, SpecialFunctions.rcp(-0x1p127f, true));
        assertEquals(-0x1p-127f, SpecialFunctions.rcp(-0x1p127f, false));
        assertEquals(0x1p127f, SpecialFunctions.rcp(0x1p-127f, false));
    }

    private static void table(String name, Function function, float... expected) {
        float[] arguments = {-INFINITY, -SUBNORMAL, -0f, 0, SUBNORMAL, INFINITY};
        for (int i = 0; i < arguments.length; i++) {
            int bits = expected[i] != expected[i] ? 0x7fffffff : Float.floatToRawIntBits(expected[i]);
            float argument = arguments[i];
            assertEquals(Float.intBitsToFloat(bits), function.of(argument), () -> name + " of " + argument);
            assertEquals(bits, Float.floatToRawIntBits(function.of(argument)), () -> name + " of " + argument);
        }
        assertEquals(0x7fffffff, Float.floatToRawIntBits(function.of(Float.intBitsToFloat(0xffc00001))), name);
    }

    @Test
    void warpsGetTheSameBitsAndOtherLanesNone() {
        for (int round = 0; round < 3_000; round++) {
            int[] r = random.ints(3 * Lanes.WARP).toArray();
            int lanes = round % 3 == 0 ? -1 : random.nextInt();
            boolean ftz = random.nextBoolean();
            for (int i = 0; i < Lanes.WARP; i++) {
                if (random.nextInt(3) == 0) {
                    float[] corners = Corners.floats();
                    r[Lanes.WARP + i] = Float.floatToRawIntBits(corners[random.nextInt(corners.length)]);
                } else if (random.nextBoolean()) {
                    r[Lanes.WARP + i] = Float.floatToRawIntBits((float) random.nextDouble(-160, 160));
                }
            }
            checkLanes(r, lanes, s -> SpecialFunctionLanes.ex2(s, 2, 1, lanes, ftz), x -> SpecialFunctions.ex2(x, ftz));
            checkLanes(r, lanes, s -> SpecialFunctionLanes.lg2(s, 2, 1, lanes, ftz), x -> SpecialFunctions.lg2(x, ftz));
            checkLanes(r, lanes, s -> SpecialFunctionLanes.rcp(s, 2, 1, lanes, ftz), x -> SpecialFunctions.rcp(x, ftz));
            checkLanes(r, lanes, s -> SpecialFunctionLanes.rsqrt(s, 2, 1, lanes, ftz), x -> SpecialFunctions.rsqrt(x, ftz));
        }
    }

    private interface Warp {
        void run(int[] r);
    }

    private void checkLanes(int[] before, int lanes, Warp warp, Function scalar) {
        int[] after = before.clone();
        warp.run(after);
        for (int i = 0; i < after.length; i++) {
            int lane = i - 2 * Lanes.WARP;
            int expected = lane >= 0 && (lanes >>> lane & 1) != 0
                ? Float.floatToRawIntBits(scalar.of(Float.intBitsToFloat(before[Lanes.WARP + lane]))) : before[i];
            int index = i;
            assertEquals(expected, after[i], () -> "word " + index + ", lanes " + Integer.toHexString(lanes) + ", seed " + seed);
        }
    }

    @Test
    void halvesAndPairsRoundTheFloatFunctions() {
        for (int bits = 0; bits < 1 << 16; bits++) {
            short h = (short) bits;
            double half = Half.toFloat(h);
            checkNarrow(StrictMath.pow(2, half), Exact.Format.F16, Half.toFloat(SpecialFunctions.ex2Half(h)));
            checkNarrow(StrictMath.tanh(half), Exact.Format.F16, Half.toFloat(SpecialFunctions.tanhHalf(h)));
            double bfloat = BFloat16.toFloat(h);
            double power = StrictMath.pow(2, bfloat);
            checkNarrow(power < Float.MIN_NORMAL ? 0 : power, Exact.Format.BF16, BFloat16.toFloat(SpecialFunctions.ex2BFloat16(h)));
            checkNarrow(StrictMath.tanh(bfloat), Exact.Format.BF16, BFloat16.toFloat(SpecialFunctions.tanhBFloat16(h)));
            int pair = bits << 16 | 0x3c00;
            assertEquals(SpecialFunctions.ex2Half(h), Half.high(SpecialFunctions.ex2Half(pair)));
            assertEquals(SpecialFunctions.tanhHalf((short) 0x3c00), Half.low(SpecialFunctions.tanhHalf(pair)));
            assertEquals(SpecialFunctions.ex2BFloat16(h), Half.high(SpecialFunctions.ex2BFloat16(pair)));
            assertEquals(SpecialFunctions.tanhBFloat16(h), Half.high(SpecialFunctions.tanhBFloat16(pair)));
        }
    }

    /** Half a unit in the last place, and a little for values beside a tie. */
    private static void checkNarrow(double truth, Exact.Format format, float actual) {
        if (truth != truth || Double.isInfinite(truth)) {
            assertEquals(truth, actual);
            return;
        }
        double near = Exact.of(truth).round(format, Rounding.NEAREST_EVEN);
        double unit = Math.scalb(1.0, Math.max(Math.getExponent(truth) - format.precision() + 1, format.least()));
        if (near != actual) {
            assertEquals(truth, actual, 0.501 * unit);
        }
    }

    @Test
    void doubleApproximationsUseUpperWordsAlone() {
        for (int i = 0; i < 100_000; i++) {
            double x = Math.scalb(random.nextDouble(1, 2), random.nextInt(-1000, 1000));
            double rcp = SpecialFunctions.rcpUpper(x);
            double rsqrt = SpecialFunctions.rsqrtUpper(x);
            assertEquals(1, rcp * x, 0x1p-19, () -> "seed " + seed);
            assertEquals(1, rsqrt * Math.sqrt(x), 0x1p-19, () -> "seed " + seed);
            assertEquals(0, (int) Double.doubleToRawLongBits(rcp));
            assertEquals(0, (int) Double.doubleToRawLongBits(rsqrt));
            assertEquals(1, SpecialFunctions.rsqrt(x) * Math.sqrt(x), 0x1p-51, () -> "seed " + seed);
        }
        assertEquals(Double.NEGATIVE_INFINITY, SpecialFunctions.rcpUpper(-Double.MIN_VALUE));
        assertEquals(-0.0, SpecialFunctions.rcpUpper(Double.NEGATIVE_INFINITY));
        assertEquals(-0.0, SpecialFunctions.rcpUpper(-0x1.8p1023));
        assertEquals(Float64.NAN, SpecialFunctions.rsqrtUpper(-1));
        assertEquals(Double.NEGATIVE_INFINITY, SpecialFunctions.rsqrtUpper(-0.0));
    }
}
