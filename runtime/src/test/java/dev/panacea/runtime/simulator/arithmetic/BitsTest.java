package dev.panacea.runtime.simulator.arithmetic;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigInteger;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Against the ISA's definitions written bit by bit. */
class BitsTest {
    private static final int[] AMOUNTS = {0, 1, 5, 7, 8, 15, 16, 30, 31, 32, 33, 47, 62, 63, 64, 65, 127, 255, 256, 288, 1 << 30, -1, -32,
        Integer.MIN_VALUE};
    private static final int WORDS = 200;

    private final long seed = Corners.freshSeed();
    private final SplittableRandom random = new SplittableRandom(seed);

    private int word(int round) {
        int[] corners = {0, -1, 1, Integer.MIN_VALUE, Integer.MAX_VALUE, 0x80000001, 0xffff0000, 0x00f00f00};
        return round < corners.length ? corners[round] : random.nextInt() >> random.nextInt(32);
    }

    @Test
    void shiftsClampTheirAmounts() {
        for (int round = 0; round < WORDS; round++) {
            int a = word(round);
            long x = (long) a << 32 | word(round + 1) & 0xffffffffL;
            for (int amount : AMOUNTS) {
                long by = amount & 0xffffffffL;
                int enough = (int) Math.min(by, 100);
                assertEquals(BigInteger.valueOf(a).shiftLeft(enough).intValue(), Bits.shl(a, amount));
                assertEquals(BigInteger.valueOf(a).shiftRight(enough).intValue(), Bits.shr(a, amount));
                assertEquals((int) ((a & 0xffffffffL) >>> Math.min(by, 63)), Bits.shrUnsigned(a, amount));
                assertEquals(BigInteger.valueOf(x).shiftLeft(enough).longValue(), Bits.shl(x, amount));
                assertEquals(BigInteger.valueOf(x).shiftRight(enough).longValue(), Bits.shr(x, amount));
                BigInteger unsigned = new BigInteger(Long.toUnsignedString(x));
                assertEquals(unsigned.shiftRight(enough).longValue(), Bits.shrUnsigned(x, amount));
            }
        }
    }

    @Test
    void funnelShiftsTakeTheirWordOfThePair() {
        for (int round = 0; round < WORDS; round++) {
            int low = word(round);
            int high = random.nextInt();
            BigInteger pair = BigInteger.valueOf(high & 0xffffffffL).shiftLeft(32).or(BigInteger.valueOf(low & 0xffffffffL));
            for (int amount : AMOUNTS) {
                int wrapped = amount & 31;
                int clamped = (int) Math.min(amount & 0xffffffffL, 32);
                assertEquals(pair.shiftLeft(wrapped).shiftRight(32).intValue(), Bits.shfLeftWrap(low, high, amount));
                assertEquals(pair.shiftLeft(clamped).shiftRight(32).intValue(), Bits.shfLeftClamp(low, high, amount));
                assertEquals(pair.shiftRight(wrapped).intValue(), Bits.shfRightWrap(low, high, amount));
                assertEquals(pair.shiftRight(clamped).intValue(), Bits.shfRightClamp(low, high, amount));
            }
        }
    }

    @Test
    void fieldsAreExtractedAndInserted() {
        for (int round = 0; round < WORDS; round++) {
            int a = word(round);
            int b = random.nextInt();
            long x = (long) a << 32 | b & 0xffffffffL;
            long y = random.nextLong();
            for (int position : AMOUNTS) {
                for (int length : AMOUNTS) {
                    assertEquals((int) extract(a, position, length, 32, true), Bits.bfe(a, position, length));
                    assertEquals((int) extract(a, position, length, 32, false), Bits.bfeUnsigned(a, position, length));
                    assertEquals(extract(x, position, length, 64, true), Bits.bfe(x, position, length));
                    assertEquals(extract(x, position, length, 64, false), Bits.bfeUnsigned(x, position, length));
                    assertEquals((int) insert(a, b, position, length, 32), Bits.bfi(a, b, position, length));
                    assertEquals(insert(x, y, position, length, 64), Bits.bfi(x, y, position, length));
                }
            }
        }
    }

    private static long extract(long a, int position, int length, int bits, boolean signed) {
        int from = position & 0xff;
        int count = length & 0xff;
        long fill = signed && count > 0 ? a >>> Math.min(from + count - 1, bits - 1) & 1 : 0;
        long result = 0;
        for (int i = 0; i < bits; i++) {
            long bit = i < count && from + i < bits ? a >>> from + i & 1 : fill;
            result |= bit << i;
        }
        return result;
    }

    private static long insert(long a, long b, int position, int length, int bits) {
        int from = position & 0xff;
        long result = b;
        for (int i = 0; i < (length & 0xff) && from + i < bits; i++) {
            result = result & ~(1L << from + i) | (a >>> i & 1) << from + i;
        }
        return result;
    }

    @Test
    void theHighestSignificantBitIsFound() {
        for (int round = 0; round < WORDS; round++) {
            int a = word(round);
            long x = (long) a << random.nextInt(33);
            assertEquals(highest(a & 0xffffffffL), Bits.bfindUnsigned(a));
            assertEquals(highest((a < 0 ? ~a : a) & 0xffffffffL), Bits.bfind(a));
            assertEquals(highest(x), Bits.bfindUnsigned(x));
            assertEquals(highest(x < 0 ? ~x : x), Bits.bfind(x));
        }
        assertEquals(-1, Bits.shiftAmount(Bits.bfindUnsigned(0), 32));
        assertEquals(31, Bits.shiftAmount(Bits.bfindUnsigned(1), 32));
        assertEquals(62, Bits.shiftAmount(Bits.bfind(-3L), 64));
    }

    private static int highest(long x) {
        return new BigInteger(Long.toUnsignedString(x)).bitLength() - 1;
    }

    @Test
    void everyTruthTableOfThreeInputs() {
        for (int table = 0; table < 256; table++) {
            int a = random.nextInt();
            int b = random.nextInt();
            int c = random.nextInt();
            int expected = 0;
            for (int i = 0; i < 32; i++) {
                int entry = (a >>> i & 1) << 2 | (b >>> i & 1) << 1 | c >>> i & 1;
                expected |= (table >>> entry & 1) << i;
            }
            assertEquals(expected, Bits.lop3(a, b, c, table), "table " + table + ", seed " + seed);
        }
        assertEquals(0x80, Bits.lop3(0xf0, 0xcc, 0xaa, 0x80));
    }

    @Test
    void everySelectorPermutesBytes() {
        for (int selector = 0; selector < 1 << 16; selector++) {
            int a = random.nextInt();
            int b = random.nextInt();
            assertEquals(permuted(a, b, selector), Bits.prmt(a, b, selector), "seed " + seed);
        }
        assertEquals(0x44332211, Bits.prmt(0x44332211, 0x88776655, 0xffff3210));
        assertEquals(0xff, Bits.prmt(0x80, 0x7f, 0x4448) & 0xff);
    }

    private static int permuted(int a, int b, int selector) {
        byte[] bytes = BigInteger.valueOf(b).shiftLeft(32).or(BigInteger.valueOf(a & 0xffffffffL)).toByteArray();
        int result = 0;
        for (int i = 0; i < 4; i++) {
            int nibble = selector >>> 4 * i & 0xf;
            int index = bytes.length - 1 - (nibble & 7);
            int value = index >= 0 ? bytes[index] : b < 0 ? -1 : 0;
            result |= ((nibble & 8) != 0 ? value >> 7 : value) << 24 >>> 24 - 8 * i;
        }
        return result;
    }

    @Test
    void permuteModesFollowTheirTables() {
        int a = 0x33221100;
        int b = 0x77665544;
        int[][] tables = {{0x33221100, 0x44332211, 0x55443322, 0x66554433}, {0x55667700, 0x66770011, 0x77001122, 0x00112233},
            {0x00000000, 0x11111111, 0x22222222, 0x33333333}, {0x33221100, 0x33221111, 0x33222222, 0x33333333},
            {0x00000000, 0x11111100, 0x22221100, 0x33221100}, {0x11001100, 0x33223322, 0x11001100, 0x33223322}};
        for (PermuteMode mode : PermuteMode.values()) {
            for (int control = 0; control < 4; control++) {
                assertEquals(tables[mode.ordinal()][control], Bits.prmt(a, b, control | 0x40, mode), mode + " " + control);
            }
        }
    }

    @Test
    void theNthSetBitIsFoundInBothDirections() {
        for (int round = 0; round < WORDS; round++) {
            int mask = word(round);
            for (int base = 0; base < 33; base++) {
                for (int offset = -33; offset <= 33; offset++) {
                    assertEquals(nth(mask, base, offset), Bits.fns(mask, base, offset), "seed " + seed);
                }
            }
        }
        assertEquals(-1, Bits.fns(-1, 5, Integer.MIN_VALUE));
    }

    private static int nth(int mask, int base, int offset) {
        if (offset == 0) {
            return base < 32 && (mask >>> base & 1) != 0 ? base : -1;
        }
        int count = Math.abs(offset) - 1;
        int position = base;
        while (position >= 0 && position < 32) {
            if ((mask >>> position & 1) != 0 && count-- == 0) {
                return position;
            }
            position += offset > 0 ? 1 : -1;
        }
        return -1;
    }

    @Test
    void masksAndExtensionsClampOrWrap() {
        for (int position : AMOUNTS) {
            for (int length : AMOUNTS) {
                int clampedFrom = (int) Math.min(position & 0xffffffffL, 32);
                int clampedCount = (int) Math.min(length & 0xffffffffL, 32);
                assertEquals((int) (((1L << clampedCount) - 1) << clampedFrom), Bits.bmsk(position, length, false));
                assertEquals((int) (((1L << (length & 31)) - 1) << (position & 31)), Bits.bmsk(position, length, true));
                int a = random.nextInt();
                assertEquals((int) extract(a, 0, clampedCount, 32, true), Bits.szext(a, length, false));
                assertEquals((int) extract(a, 0, length & 31, 32, true), Bits.szext(a, length, true));
                assertEquals((int) extract(a, 0, clampedCount, 32, false), Bits.szextUnsigned(a, length, false));
                assertEquals((int) extract(a, 0, length & 31, 32, false), Bits.szextUnsigned(a, length, true));
            }
        }
    }
}
