package dev.panacea.runtime.simulator.arithmetic;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigInteger;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class IntegersTest {
    private static final int SAMPLES = 20_000;
    private static final int[] CORNERS = {0, 1, -1, 2, 3, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffff, 0x800000, 0xffffff,
        0x01000000, 0x80808080, 0x7f7f7f7f, Integer.MAX_VALUE, Integer.MIN_VALUE, Integer.MIN_VALUE + 1};

    private final long seed = Corners.freshSeed();
    private final SplittableRandom random = new SplittableRandom(seed);

    private interface Check {
        void of(int a, int b, int c);
    }

    private void forAll(Check check) {
        for (int a : CORNERS) {
            for (int b : CORNERS) {
                for (int c : CORNERS) {
                    check.of(a, b, c);
                }
            }
        }
        for (int i = 0; i < SAMPLES; i++) {
            check.of(random.nextInt(), random.nextInt() >> random.nextInt(32), random.nextInt());
        }
    }

    private static BigInteger signed(long x) {
        return BigInteger.valueOf(x);
    }

    private static BigInteger unsigned(int x) {
        return BigInteger.valueOf(x & 0xffffffffL);
    }

    private static BigInteger unsigned(long x) {
        return new BigInteger(Long.toUnsignedString(x));
    }

    @Test
    void productsHaveTheirUpperHalvesAndFullWidth() {
        forAll((a, b, c) -> {
            assertEquals(signed(a).multiply(signed(b)).shiftRight(32).intValue(), Integers.mulHi(a, b), message());
            assertEquals(unsigned(a).multiply(unsigned(b)).shiftRight(32).intValue(), Integers.mulHiUnsigned(a, b), message());
            assertEquals(signed(a).multiply(signed(b)).longValue(), Integers.mulWide(a, b), message());
            assertEquals(unsigned(a).multiply(unsigned(b)).longValue(), Integers.mulWideUnsigned(a, b), message());
            long x = (long) a << 32 | c & 0xffffffffL;
            long y = (long) b << 32 | ~c & 0xffffffffL;
            assertEquals(signed(x).multiply(signed(y)).shiftRight(64).longValue(), Integers.mulHi(x, y), message());
            assertEquals(unsigned(x).multiply(unsigned(y)).shiftRight(64).longValue(), Integers.mulHiUnsigned(x, y), message());
            assertEquals(signed((short) a).multiply(signed((short) b)).intValue(), Integers.mulWide16(a, b), message());
            assertEquals(signed((short) a).multiply(signed((short) b)).shiftRight(16).intValue(), Integers.mulHi16(a, b), message());
            BigInteger unsigned16 = signed(a & 0xffff).multiply(signed(b & 0xffff));
            assertEquals(unsigned16.intValue(), Integers.mulWide16Unsigned(a, b), message());
            assertEquals(unsigned16.shiftRight(16).intValue(), Integers.mulHi16Unsigned(a, b), message());
        });
    }

    @Test
    void productsOf24Bits() {
        forAll((a, b, c) -> {
            BigInteger signed = signed(a << 8 >> 8).multiply(signed(b << 8 >> 8));
            BigInteger unsigned = signed(a & 0xffffff).multiply(signed(b & 0xffffff));
            assertEquals(signed.intValue(), Integers.mul24Lo(a, b), message());
            assertEquals(signed.shiftRight(16).intValue(), Integers.mul24Hi(a, b), message());
            assertEquals(unsigned.intValue(), Integers.mul24LoUnsigned(a, b), message());
            assertEquals(unsigned.shiftRight(16).intValue(), Integers.mul24HiUnsigned(a, b), message());
        });
    }

    @Test
    void saturatedSumsClamp() {
        BigInteger least = signed(Integer.MIN_VALUE);
        BigInteger greatest = signed(Integer.MAX_VALUE);
        forAll((a, b, c) -> {
            assertEquals(signed(a).add(signed(b)).max(least).min(greatest).intValueExact(), Integers.addSaturated(a, b), message());
            assertEquals(signed(a).subtract(signed(b)).max(least).min(greatest).intValueExact(), Integers.subSaturated(a, b), message());
        });
    }

    @Test
    void divisionTruncatesAndSurvivesZero() {
        forAll((a, b, c) -> {
            long x = (long) a << 32 | c & 0xffffffffL;
            long y = (long) b << (c & 31) >> 7;
            if (b != 0) {
                assertEquals(signed(a).divide(signed(b)).intValue(), Integers.div(a, b), message());
                assertEquals(signed(a).remainder(signed(b)).intValue(), Integers.rem(a, b), message());
                assertEquals(unsigned(a).divide(unsigned(b)).intValue(), Integers.divUnsigned(a, b), message());
                assertEquals(unsigned(a).remainder(unsigned(b)).intValue(), Integers.remUnsigned(a, b), message());
            }
            if (y != 0) {
                assertEquals(signed(x).divide(signed(y)).longValue(), Integers.div(x, y), message());
                assertEquals(signed(x).remainder(signed(y)).longValue(), Integers.rem(x, y), message());
                assertEquals(unsigned(x).divide(unsigned(y)).longValue(), Integers.divUnsigned(x, y), message());
                assertEquals(unsigned(x).remainder(unsigned(y)).longValue(), Integers.remUnsigned(x, y), message());
            }
            assertEquals(-1, Integers.div(a, 0));
            assertEquals(-1, Integers.divUnsigned(a, 0));
            assertEquals(a, Integers.rem(a, 0));
            assertEquals(a, Integers.remUnsigned(a, 0));
            assertEquals(-1, Integers.div(x, 0L));
            assertEquals(-1, Integers.divUnsigned(x, 0L));
            assertEquals(x, Integers.rem(x, 0L));
            assertEquals(x, Integers.remUnsigned(x, 0L));
        });
    }

    @Test
    void absoluteDifferencesAreAdded() {
        forAll((a, b, c) -> {
            assertEquals(signed(a).subtract(signed(b)).abs().add(signed(c)).intValue(), Integers.sad(a, b, c), message());
            assertEquals(unsigned(a).subtract(unsigned(b)).abs().add(signed(c)).intValue(), Integers.sadUnsigned(a, b, c), message());
            long x = (long) a << 32 | c & 0xffffffffL;
            long y = (long) b << 32 | a & 0xffffffffL;
            assertEquals(signed(x).subtract(signed(y)).abs().add(signed(c)).longValue(), Integers.sad(x, y, c), message());
            assertEquals(unsigned(x).subtract(unsigned(y)).abs().add(signed(c)).longValue(), Integers.sadUnsigned(x, y, c), message());
        });
    }

    @Test
    void carriesAndBorrowsChain() {
        forAll((a, b, c) -> {
            int in = c & 1;
            long x = (long) a << 32 | c & 0xffffffffL;
            long y = (long) b << 32 | ~a & 0xffffffffL;
            BigInteger carried = signed(in);
            assertEquals(unsigned(a).add(unsigned(b)).add(carried).shiftRight(32).intValue(), Integers.carry(a, b, in), message());
            assertEquals(unsigned(x).add(unsigned(y)).add(carried).shiftRight(64).intValue(), Integers.carry(x, y, in), message());
            assertEquals(unsigned(a).subtract(unsigned(b)).subtract(carried).signum() < 0 ? 1 : 0, Integers.borrow(a, b, in), message());
            assertEquals(unsigned(x).subtract(unsigned(y)).subtract(carried).signum() < 0 ? 1 : 0, Integers.borrow(x, y, in), message());
        });
    }

    @Test
    void dotProductsOfBytesAndHalves() {
        forAll((a, b, c) -> {
            for (int signs = 0; signs < 4; signs++) {
                boolean signedA = (signs & 1) != 0;
                boolean signedB = (signs & 2) != 0;
                int four = c;
                int low = c;
                int high = c;
                for (int i = 0; i < 4; i++) {
                    four += part(a, i, 8, signedA) * part(b, i, 8, signedB);
                }
                for (int i = 0; i < 2; i++) {
                    low += part(a, i, 16, signedA) * part(b, i, 8, signedB);
                    high += part(a, i, 16, signedA) * part(b, i + 2, 8, signedB);
                }
                assertEquals(four, Integers.dp4a(a, signedA, b, signedB, c), message());
                assertEquals(low, Integers.dp2a(a, signedA, b, signedB, c, false), message());
                assertEquals(high, Integers.dp2a(a, signedA, b, signedB, c, true), message());
            }
        });
    }

    private static int part(int word, int index, int bits, boolean signed) {
        int value = word >>> index * bits & (1 << bits) - 1;
        return signed && value >>> bits - 1 != 0 ? value - (1 << bits) : value;
    }

    private String message() {
        return "seed " + seed;
    }
}
