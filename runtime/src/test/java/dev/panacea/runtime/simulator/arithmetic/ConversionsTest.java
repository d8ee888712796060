package dev.panacea.runtime.simulator.arithmetic;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigInteger;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ConversionsTest {
    private static final int SAMPLES = 200_000;
    private static final double INFINITY = Double.POSITIVE_INFINITY;
    private static final long[] CORNERS = {0, 1, -1, 2, 255, 256, 257, 2049, 65504, 65519, 65520, 1L << 24, (1L << 24) + 1, (1L << 24) - 1,
        Integer.MAX_VALUE, Integer.MIN_VALUE, 0xffffffffL, (1L << 53) + 1, (1L << 54) + 2, (1L << 54) + 3, 0x7fffff4000000000L,
        0x7fffff4000000001L, 0x7ffffffffffffe00L, 0x7ffffffffffffdffL, Long.MAX_VALUE, Long.MIN_VALUE, Long.MIN_VALUE + 1};

    private final long seed = Corners.freshSeed();
    private final SplittableRandom random = new SplittableRandom(seed);

    @Test
    void integersBecomeFloatsInEveryMode() {
        for (long value : CORNERS) {
            checkInteger(value);
        }
        for (int i = 0; i < SAMPLES; i++) {
            checkInteger(random.nextLong() >> random.nextInt(64));
        }
    }

    private void checkInteger(long value) {
        Exact signed = Exact.of(BigInteger.valueOf(value));
        Exact unsigned = Exact.of(new BigInteger(Long.toUnsignedString(value)));
        for (Rounding rounding : Corners.DIRECTED) {
            check(signed, Exact.Format.F32, rounding, Conversions.signedToFloat32(value, rounding));
            check(unsigned, Exact.Format.F32, rounding, Conversions.unsignedToFloat32(value, rounding));
            check(signed, Exact.Format.F64, rounding, Conversions.signedToFloat64(value, rounding));
            check(unsigned, Exact.Format.F64, rounding, Conversions.unsignedToFloat64(value, rounding));
            check(signed, Exact.Format.F16, rounding, Half.toFloat(Conversions.signedToHalf(value, rounding)));
            check(unsigned, Exact.Format.F16, rounding, Half.toFloat(Conversions.unsignedToHalf(value, rounding)));
            check(signed, Exact.Format.BF16, rounding, BFloat16.toFloat(Conversions.signedToBFloat16(value, rounding)));
            check(unsigned, Exact.Format.BF16, rounding, BFloat16.toFloat(Conversions.unsignedToBFloat16(value, rounding)));
        }
    }

    private void check(Exact value, Exact.Format format, Rounding rounding, double actual) {
        double expected = value.round(format, rounding);
        if (Double.doubleToRawLongBits(expected) != Double.doubleToRawLongBits(actual)) {
            assertEquals(expected, actual, value + " to " + format + " " + rounding + ", seed " + seed);
        }
    }

    @Test
    void doublesBecomeFloatsInEveryMode() {
        for (int i = 0; i < SAMPLES; i++) {
            double x = Math.scalb(random.nextDouble(-2, 2), random.nextInt(-160, 127));
            double y = random.nextInt(4) == 0 ? (float) x + Math.scalb((double) Math.ulp((float) x), -1) : x;
            for (Rounding rounding : Corners.DIRECTED) {
                check(Exact.of(y), Exact.Format.F32, rounding, Conversions.toFloat32(y, rounding, false));
                float flushed = Float32.flush((float) Exact.of(y).round(Exact.Format.F32, rounding));
                assertEquals(flushed, Conversions.toFloat32(y, rounding, true), () -> "seed " + seed);
            }
        }
        assertEquals(0x7fffffff, Float.floatToRawIntBits(Conversions.toFloat32(Double.NaN, Rounding.UP, false)));
        assertEquals(Float.MAX_VALUE, Conversions.toFloat32(1e300, Rounding.ZERO, false));
        assertEquals(Float.NEGATIVE_INFINITY, Conversions.toFloat32(-1e300, Rounding.DOWN, false));
        assertEquals(0.1f, (float) Conversions.toFloat64(0.1f));
    }

    @Test
    void tf32KeepsTenBitsOfFraction() {
        Rounding[] modes = {Rounding.NEAREST_EVEN, Rounding.NEAREST_AWAY, Rounding.ZERO};
        for (int i = 0; i < SAMPLES; i++) {
            // ties are common: the dropped bits are often just their highest
            int bits = random.nextInt() & (random.nextBoolean() ? -1 : -1 << 12);
            float x = Float.intBitsToFloat(bits);
            if (!Float.isFinite(x)) {
                continue;
            }
            for (Rounding rounding : modes) {
                double expected = Math.copySign(Exact.of(x).round(Exact.Format.TF32, rounding), x);
                int actual = Conversions.toTf32(x, rounding, false, false);
                assertEquals(Float.floatToRawIntBits((float) expected), actual, () -> "seed " + seed);
            }
        }
        assertEquals(0x7fffffff, Conversions.toTf32(Float.NaN, Rounding.NEAREST_AWAY, true, true));
        assertEquals(0xff800000, Conversions.toTf32(Float.NEGATIVE_INFINITY, Rounding.NEAREST_AWAY, false, false));
        assertEquals(0xff7fe000, Conversions.toTf32(Float.NEGATIVE_INFINITY, Rounding.NEAREST_EVEN, false, true));
        assertEquals(0x7f7fe000, Conversions.toTf32(Float.MAX_VALUE, Rounding.NEAREST_EVEN, false, true));
        assertEquals(0, Conversions.toTf32(-3, Rounding.NEAREST_EVEN, true, false));
    }

    @Test
    void twoOperandsPackTheFirstOnTop() {
        Rounding even = Rounding.NEAREST_EVEN;
        assertEquals(0x3f80c000, Conversions.toBFloat16s(1, -2, even, false, false));
        assertEquals(0x3c00c000, Conversions.toHalves(1, -2, even, false, false));
        assertEquals(0x3c000000, Conversions.toHalves(1, -2, even, true, false));
        assertEquals(0x7f7f7fff, Conversions.toBFloat16s(Float.POSITIVE_INFINITY, Float.NaN, even, true, true));
    }

    @Test
    void integralFloatsKeepTheirSignAndRoundAsAsked() {
        double[][] cases = {{0.5, 0, 0, 0, 1}, {-0.5, -0.0, -0.0, -1, -0.0}, {1.5, 2, 1, 1, 2}, {2.5, 2, 2, 2, 3}, {-2.5, -2, -2, -3, -2},
            {0x1p-140, 0, 0, 0, 1}, {-0.0, -0.0, -0.0, -0.0, -0.0}, {0x1.fffffep22, 0x1p23, 0x1.fffffcp22, 0x1.fffffcp22, 0x1p23},
            {-INFINITY, -INFINITY, -INFINITY, -INFINITY, -INFINITY}};
        for (double[] c : cases) {
            for (int i = 0; i < Corners.DIRECTED.length; i++) {
                float expected = (float) c[i + 1];
                assertEquals(expected, Conversions.integral((float) c[0], Corners.DIRECTED[i]), () -> c[0] + "");
                assertEquals(c[i + 1], Conversions.integral(c[0], Corners.DIRECTED[i]), () -> c[0] + "");
            }
        }
        assertEquals(0x7fffffff, Float.floatToRawIntBits(Conversions.integral(Float.NaN, Rounding.DOWN)));
    }
}
