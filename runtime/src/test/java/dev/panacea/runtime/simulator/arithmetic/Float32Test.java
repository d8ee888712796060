package dev.panacea.runtime.simulator.arithmetic;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class Float32Test {
    private static final float[] CORNERS = Corners.floats();
    private static final int SAMPLES = 60_000;
    private static final Exact.Format F32 = Exact.Format.F32;

    private final long seed = Corners.freshSeed();
    private final SplittableRandom random = new SplittableRandom(seed);

    @Test
    void everyPairOfCornersIsCorrectlyRounded() {
        for (float a : CORNERS) {
            for (float b : CORNERS) {
                checkPair(a, b);
            }
        }
    }

    @Test
    void randomPairsAreCorrectlyRounded() {
        for (int i = 0; i < SAMPLES; i++) {
            float a = Float.intBitsToFloat(random.nextInt());
            checkPair(a, Corners.random(random, a));
        }
    }

    private void checkPair(float a, float b) {
        for (Rounding rounding : Corners.DIRECTED) {
            check("add", ExactOperation.ADD.apply(a, b, F32, rounding), Float32.add(a, b, rounding, false), a, b, rounding);
            check("sub", ExactOperation.ADD.apply(a, -b, F32, rounding), Float32.sub(a, b, rounding, false), a, b, rounding);
            check("mul", ExactOperation.MUL.apply(a, b, F32, rounding), Float32.mul(a, b, rounding, false), a, b, rounding);
            check("div", ExactOperation.DIV.apply(a, b, F32, rounding), Float32.div(a, b, rounding, false), a, b, rounding);
            check("rcp", ExactOperation.DIV.apply(1, b, F32, rounding), Float32.rcp(b, rounding, false), a, b, rounding);
            check("sqrt", ExactOperation.SQRT.apply(a, 0, F32, rounding), Float32.sqrt(a, rounding, false), a, b, rounding);
        }
    }

    @Test
    void everyTripleOfCornersIsFusedCorrectly() {
        for (float a : CORNERS) {
            for (float b : CORNERS) {
                for (float c : CORNERS) {
                    checkFma(a, b, c);
                }
            }
        }
    }

    @Test
    void randomTriplesAreFusedCorrectly() {
        for (int i = 0; i < SAMPLES; i++) {
            float a = Corners.random(random, 1f);
            float b = Corners.random(random, 1f);
            checkFma(a, b, random.nextInt(4) == 0 ? -(a * b) : Corners.random(random, a * b));
        }
    }

    private void checkFma(float a, float b, float c) {
        for (Rounding rounding : Corners.DIRECTED) {
            double expected = ExactOperation.fma(a, b, c, F32, rounding);
            check("fma + " + c, expected, Float32.fma(a, b, c, rounding, false), a, b, rounding);
        }
    }

    @Test
    void ftzFlushesOperandsAndResults() {
        for (float a : CORNERS) {
            for (float b : CORNERS) {
                float x = Float32.flush(a);
                float y = Float32.flush(b);
                for (Rounding rounding : Corners.DIRECTED) {
                    check("add", Float32.flush(Float32.add(x, y, rounding, false)), Float32.add(a, b, rounding, true), a, b, rounding);
                    check("sub", Float32.flush(Float32.sub(x, y, rounding, false)), Float32.sub(a, b, rounding, true), a, b, rounding);
                    check("mul", Float32.flush(Float32.mul(x, y, rounding, false)), Float32.mul(a, b, rounding, true), a, b, rounding);
                    check("div", Float32.flush(Float32.div(x, y, rounding, false)), Float32.div(a, b, rounding, true), a, b, rounding);
                    check("fma", Float32.flush(Float32.fma(x, y, x, rounding, false)), Float32.fma(a, b, a, rounding, true), a, b,
                        rounding);
                    check("sqrt", Float32.sqrt(x, rounding, false), Float32.sqrt(a, rounding, true), a, b, rounding);
                }
                check("min", Float32.min(x, y, false, false), Float32.min(a, b, false, true), a, b, null);
                check("max", Float32.max(x, y, true, false), Float32.max(a, b, true, true), a, b, null);
            }
        }
        assertBits(0x80000000, Float32.flush(-Float.MIN_VALUE));
        assertBits(0x00000000, Float32.flush(0x0.fffffep-126f));
        assertBits(0x00800000, Float32.flush(Float.MIN_NORMAL));
        assertBits(0x7f800000, Float32.flush(Float.POSITIVE_INFINITY));
    }

    @Test
    void minimaAndMaximaFollowTheIsa() {
        float payload = Float.intBitsToFloat(0xffc12345);
        assertBits(Float.floatToRawIntBits(2f), Float32.min(payload, 2, false, false));
        assertBits(Float.floatToRawIntBits(-2f), Float32.max(-2, payload, false, false));
        assertBits(0x7fffffff, Float32.min(payload, 2, true, false));
        assertBits(0x7fffffff, Float32.max(2, payload, true, false));
        assertBits(0x7fffffff, Float32.min(payload, payload, false, false));
        assertBits(0x80000000, Float32.min(0f, -0f, false, false));
        assertBits(0x00000000, Float32.max(-0f, 0f, false, false));
        assertBits(Float.floatToRawIntBits(-2f), Float32.minXorSign(-3, 2, false, false));
        assertBits(Float.floatToRawIntBits(3f), Float32.maxXorSign(-3, -2, false, false));
        assertBits(Float.floatToRawIntBits(-3f), Float32.maxXorSign(Float.intBitsToFloat(0xffc00000), 3, false, false));
        assertBits(0x7fffffff, Float32.minXorSign(payload, -3, true, false));
    }

    @Test
    void saturationClampsAndDropsNaN() {
        float[][] cases = {{-1, 0}, {-0f, 0}, {0, 0}, {0.25f, 0.25f}, {1, 1}, {1.5f, 1}, {Float.POSITIVE_INFINITY, 1},
            {Float.NEGATIVE_INFINITY, 0}, {Float.NaN, 0}};
        for (float[] c : cases) {
            assertBits(Float.floatToRawIntBits(c[1]), Float32.saturate(c[0]));
        }
    }

    @Test
    void approximateDivisionIsWithinTwoUlpAndHasItsSpecialRange() {
        for (int i = 0; i < SAMPLES; i++) {
            float a = Float.intBitsToFloat(random.nextInt());
            float b = Float.intBitsToFloat(random.nextInt());
            boolean ordinary = Math.abs(b) >= 0x1p-126f && Math.abs(b) <= 0x1p126f && Math.abs(a) <= Float.MAX_VALUE;
            double exact = (double) a / b;
            if (ordinary && Math.abs(exact) <= Float.MAX_VALUE) {
                assertEquals(exact, Float32.divApprox(a, b, false), 2.0 * Math.ulp((float) exact), () -> "seed " + seed);
                assertEquals(exact, Float32.divFull(a, b, false), 2.0 * Math.ulp((float) exact), () -> "seed " + seed);
            }
        }
        assertBits(0x80000000, Float32.divApprox(-Float.MAX_VALUE, 0x1p127f, false));
        assertBits(0x7fffffff, Float32.divApprox(Float.POSITIVE_INFINITY, 0x1p127f, true));
        assertBits(Float.floatToRawIntBits(-2f), Float32.divFull(-0x1p127f, 0x1p126f, true));
        assertBits(0x7f800000, Float32.divApprox(1, 0, true));
    }

    private void check(String operation, double expected, float actual, float a, float b, Rounding rounding) {
        int bits = expected != expected ? 0x7fffffff : Float.floatToRawIntBits((float) expected);
        if (bits != Float.floatToRawIntBits(actual)) {
            assertEquals(Float.intBitsToFloat(bits), actual,
                operation + " " + rounding + " of " + Float.toHexString(a) + ", " + Float.toHexString(b) + ", seed " + seed);
        }
    }

    private static void assertBits(int expected, float actual) {
        assertEquals(Integer.toHexString(expected), Integer.toHexString(Float.floatToRawIntBits(actual)));
    }
}
