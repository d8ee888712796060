package dev.panacea.runtime.simulator.arithmetic;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class IntegerConversionsTest {
    private static final int SAMPLES = 100_000;
    private static final int[] WIDTHS = {8, 16, 32, 64};
    private static final double[] CORNERS = {0, -0.0, 0.5, -0.5, 1.5, -1.5, 126.5, 127.5, -128.5, 255.5, 32767.5, 65535.5, 0x1.fffffep30,
        0x1p31, -0x1p31, -0x1.000002p31, 0x1p32, 0x1.fffffep31, 2147483647.5, -2147483648.5, 4294967295.5, 0x1p63, -0x1p63, 0x1.fffffep62,
        0x1.fffffffffffffp63, 0x1p64, -0x1p64, 1e30, -1e30, Float.MIN_VALUE, -Float.MIN_VALUE};

    private final long seed = Corners.freshSeed();
    private final SplittableRandom random = new SplittableRandom(seed);

    @Test
    void finiteFloatsAreRoundedAndClamped() {
        for (double x : CORNERS) {
            check(x);
        }
        for (int i = 0; i < SAMPLES; i++) {
            check(Math.scalb(random.nextDouble(-2, 2), random.nextInt(-3, 67)));
        }
    }

    private void check(double x) {
        RoundingMode[] modes = {RoundingMode.HALF_EVEN, RoundingMode.DOWN, RoundingMode.FLOOR, RoundingMode.CEILING};
        for (int i = 0; i < modes.length; i++) {
            Rounding rounding = Corners.DIRECTED[i];
            BigInteger ofDouble = new BigDecimal(x).setScale(0, modes[i]).toBigInteger();
            BigInteger ofFloat = new BigDecimal((float) x).setScale(0, modes[i]).toBigInteger();
            for (int bits : WIDTHS) {
                assertEquals(clampSigned(ofDouble, bits), IntegerConversions.toSigned(x, bits, rounding),
                    () -> describe(x, rounding, bits));
                assertEquals(clampUnsigned(ofDouble, bits), IntegerConversions.toUnsigned(x, bits, rounding),
                    () -> describe(x, rounding, bits));
                assertEquals(clampSigned(ofFloat, bits), IntegerConversions.toSigned((float) x, bits, rounding),
                    () -> describe((float) x, rounding, bits));
                assertEquals(clampUnsigned(ofFloat, bits), IntegerConversions.toUnsigned((float) x, bits, rounding),
                    () -> describe((float) x, rounding, bits));
            }
        }
    }

    private String describe(double x, Rounding rounding, int bits) {
        return x + " " + rounding + " to " + bits + " bits, seed " + seed;
    }

    private static long clampSigned(BigInteger x, int bits) {
        BigInteger limit = BigInteger.ONE.shiftLeft(bits - 1);
        return x.min(limit.subtract(BigInteger.ONE)).max(limit.negate()).longValueExact();
    }

    private static long clampUnsigned(BigInteger x, int bits) {
        return x.min(BigInteger.ONE.shiftLeft(bits).subtract(BigInteger.ONE)).max(BigInteger.ZERO).longValue();
    }

    @Test
    void infinitiesClampAndNaNsFollowTheIsa() {
        Rounding zero = Rounding.ZERO;
        for (int bits : WIDTHS) {
            assertEquals(Long.MAX_VALUE >>> 64 - bits, IntegerConversions.toSigned(Float.POSITIVE_INFINITY, bits, zero));
            assertEquals(Long.MIN_VALUE >> 64 - bits, IntegerConversions.toSigned(Double.NEGATIVE_INFINITY, bits, zero));
            assertEquals(-1L >>> 64 - bits, IntegerConversions.toUnsigned(Double.POSITIVE_INFINITY, bits, zero));
            assertEquals(0, IntegerConversions.toUnsigned(Float.NEGATIVE_INFINITY, bits, zero));
            assertEquals(Long.MIN_VALUE >> 64 - bits, IntegerConversions.toSigned(Double.NaN, bits, zero));
            assertEquals(Long.MIN_VALUE >>> 64 - bits, IntegerConversions.toUnsigned(Double.NaN, bits, zero));
            assertEquals(bits == 64 ? Long.MIN_VALUE : 0, IntegerConversions.toSigned(Float.NaN, bits, zero));
            assertEquals(bits == 64 ? Long.MIN_VALUE : 0, IntegerConversions.toUnsigned(Float.NaN, bits, zero));
        }
    }

    @Test
    void integersNarrowByClampingOrByDroppingBits() {
        for (int i = 0; i < SAMPLES; i++) {
            long value = random.nextLong() >> random.nextInt(64);
            BigInteger signed = BigInteger.valueOf(value);
            BigInteger unsigned = new BigInteger(Long.toUnsignedString(value));
            for (int bits : WIDTHS) {
                assertEquals(clampSigned(signed, bits), IntegerConversions.saturateSigned(value, true, bits), () -> "seed " + seed);
                assertEquals(clampSigned(unsigned, bits), IntegerConversions.saturateSigned(value, false, bits), () -> "seed " + seed);
                assertEquals(clampUnsigned(signed, bits), IntegerConversions.saturateUnsigned(value, true, bits), () -> "seed " + seed);
                assertEquals(clampUnsigned(unsigned, bits), IntegerConversions.saturateUnsigned(value, false, bits), () -> "seed " + seed);
                BigInteger modulus = BigInteger.ONE.shiftLeft(bits);
                BigInteger wrapped = signed.mod(modulus);
                assertEquals(wrapped.longValue(), IntegerConversions.wrapUnsigned(value, bits));
                BigInteger centred = wrapped.testBit(bits - 1) ? wrapped.subtract(modulus) : wrapped;
                assertEquals(centred.longValueExact(), IntegerConversions.wrapSigned(value, bits));
            }
        }
    }
}
