package dev.panacea.runtime.simulator.arithmetic;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class Float64Test {
    private static final double[] CORNERS = Corners.doubles();
    private static final int SAMPLES = 20_000;
    private static final Exact.Format F64 = Exact.Format.F64;

    private final long seed = Corners.freshSeed();
    private final SplittableRandom random = new SplittableRandom(seed);

    @Test
    void everyPairOfCornersIsCorrectlyRounded() {
        for (double a : CORNERS) {
            for (double b : CORNERS) {
                checkPair(a, b);
            }
        }
    }

    @Test
    void randomPairsAreCorrectlyRounded() {
        for (int i = 0; i < SAMPLES; i++) {
            double a = Double.longBitsToDouble(random.nextLong());
            checkPair(a, Corners.random(random, a));
            // quotients and products that end among the subnormals
            double tiny = Math.scalb(random.nextDouble(1, 2), random.nextInt(-1074, -900));
            checkPair(tiny, Math.scalb(random.nextDouble(1, 2), random.nextInt(-170, 170)));
        }
    }

    private void checkPair(double a, double b) {
        for (Rounding rounding : Corners.DIRECTED) {
            check("add", ExactOperation.ADD.apply(a, b, F64, rounding), Float64.add(a, b, rounding), a, b, rounding);
            check("sub", ExactOperation.ADD.apply(a, -b, F64, rounding), Float64.sub(a, b, rounding), a, b, rounding);
            check("mul", ExactOperation.MUL.apply(a, b, F64, rounding), Float64.mul(a, b, rounding), a, b, rounding);
            check("div", ExactOperation.DIV.apply(a, b, F64, rounding), Float64.div(a, b, rounding), a, b, rounding);
            check("rcp", ExactOperation.DIV.apply(1, b, F64, rounding), Float64.rcp(b, rounding), a, b, rounding);
            check("sqrt", ExactOperation.SQRT.apply(a, 0, F64, rounding), Float64.sqrt(a, rounding), a, b, rounding);
        }
    }

    @Test
    void everyTripleOfCornersIsFusedCorrectly() {
        for (double a : CORNERS) {
            for (double b : CORNERS) {
                for (double c : CORNERS) {
                    checkFma(a, b, c);
                }
            }
        }
    }

    @Test
    void randomTriplesAreFusedCorrectly() {
        for (int i = 0; i < SAMPLES; i++) {
            double a = Corners.random(random, 1.0);
            double b = Corners.random(random, 1.0);
            checkFma(a, b, random.nextInt(4) == 0 ? -(a * b) : Corners.random(random, a * b));
        }
    }

    private void checkFma(double a, double b, double c) {
        for (Rounding rounding : Corners.DIRECTED) {
            check("fma + " + c, ExactOperation.fma(a, b, c, F64, rounding), Float64.fma(a, b, c, rounding), a, b, rounding);
        }
    }

    @Test
    void minimaMaximaAndSaturationFollowTheIsa() {
        assertBits(2, Float64.min(Double.NaN, 2));
        assertBits(-2, Float64.max(-2, Double.NaN));
        assertBits(Float64.NAN, Float64.max(Double.NaN, Double.NaN));
        assertBits(-0.0, Float64.min(0.0, -0.0));
        assertBits(0.0, Float64.max(-0.0, 0.0));
        assertBits(0.0, Float64.saturate(Double.NaN));
        assertBits(0.0, Float64.saturate(-0.0));
        assertBits(1.0, Float64.saturate(7));
        assertBits(0.5, Float64.saturate(0.5));
    }

    private void check(String operation, double expected, double actual, double a, double b, Rounding rounding) {
        double canonical = expected != expected ? Float64.NAN : expected;
        if (Double.doubleToRawLongBits(canonical) != Double.doubleToRawLongBits(actual)) {
            assertEquals(Double.toHexString(canonical), Double.toHexString(actual),
                operation + " " + rounding + " of " + Double.toHexString(a) + ", " + Double.toHexString(b) + ", seed " + seed);
        }
    }

    private static void assertBits(double expected, double actual) {
        assertEquals(Double.doubleToRawLongBits(expected), Double.doubleToRawLongBits(actual));
    }
}
