package dev.panacea.runtime.simulator.corpus;

import static dev.panacea.runtime.simulator.corpus.Argument.input;
import static dev.panacea.runtime.simulator.corpus.Argument.output;
import static dev.panacea.runtime.simulator.corpus.Argument.value;

import dev.panacea.runtime.cuda.LaunchGeometry;
import java.math.BigInteger;
import java.util.List;
import java.util.function.LongBinaryOperator;

final class WideIntegers {
    private static final String SOURCE = "wide_integers";
    private static final int N = 150;
    private static final long[] CORNERS = {0, 1, -1, Long.MIN_VALUE, Long.MAX_VALUE, 0xffffffffL, 0x100000000L, -0x80000000L, 3};
    private static final BigInteger WORD = BigInteger.ONE.shiftLeft(32);
    private static final BigInteger WIDE = BigInteger.ONE.shiftLeft(128);

    private WideIntegers() { }

    static List<CorpusCase> cases(Inputs inputs) {
        return List.of(two(inputs, "longs", longs()), two(inputs, "wider", wider()), carried(inputs));
    }

    private static CorpusCase two(Inputs inputs, String kernel, List<LongBinaryOperator> rows) {
        long[] a = inputs.longs(N);
        long[] b = inputs.longs(N);
        System.arraycopy(CORNERS, 0, a, 0, CORNERS.length);
        System.arraycopy(CORNERS, 0, b, CORNERS.length, CORNERS.length);
        for (int i = N / 2; i < N; i++) {
            a[i] >>= i % 64;
            b[i] >>= i * 7 % 64;
        }
        long[] expected = new long[rows.size() * N];
        for (int k = 0; k < rows.size(); k++) {
            for (int i = 0; i < N; i++) {
                expected[k * N + i] = rows.get(k).applyAsLong(a[i], b[i]);
            }
        }
        return new CorpusCase(SOURCE, kernel, "", new LaunchGeometry(3, 64), value(N), input(a), input(b), output(expected));
    }

    private static List<LongBinaryOperator> longs() {
        return List.of((x, y) -> x * y, (x, y) -> x / (y | 1), (x, y) -> x % (y | 1), (x, y) -> Long.divideUnsigned(x, y | 1),
            (x, y) -> Long.remainderUnsigned(x, y | 1), (x, y) -> x / (y >> 40 | 1), (x, y) -> Long.remainderUnsigned(x, y >>> 50 | 1),
            (x, y) -> x / 1000003, Math::multiplyHigh, Math::unsignedMultiplyHigh, (x, y) -> x << y, (x, y) -> x >> y,
            (x, y) -> x >>> y, Math::min, (x, y) -> Long.compareUnsigned(x, y) > 0 ? x : y, (x, y) -> Math.abs(x),
            (x, y) -> Long.bitCount(x), (x, y) -> Long.numberOfLeadingZeros(x),
            (x, y) -> x == 0 ? 0 : Long.numberOfTrailingZeros(x) + 1, (x, y) -> Long.reverse(x), (x, y) -> (long) (int) x * (int) y,
            (x, y) -> (x & 0xffffffffL) * (y & 0xffffffffL), (x, y) -> x < y ? 1 : 0,
            (x, y) -> Long.compareUnsigned(x, y) < 0 ? 1 : 0, (x, y) -> x == y ? 1 : 0, (x, y) -> x & y ^ (x | ~y),
            (x, y) -> (int) (x >> 32) + (int) y);
    }

    private static List<LongBinaryOperator> wider() {
        return List.of((x, y) -> product(x, y).shiftRight(64).longValue(), (x, y) -> x * y,
            (x, y) -> product(x, y).add(unsigned(x)).shiftRight(64).longValue(),
            (x, y) -> product(x, y).add(unsigned(x)).longValue(), (x, y) -> difference(x, y).shiftRight(64).longValue(),
            (x, y) -> difference(x, y).longValue(), (x, y) -> square(x, y).shiftRight(64).longValue(),
            (x, y) -> square(x, y).longValue(), (x, y) -> signed(x, y).shiftRight(64).longValue(),
            (x, y) -> signed(x, y).shiftRight((int) y & 63).longValue(),
            (x, y) -> product(x, y).shiftRight((int) y & 127).longValue(),
            (x, y) -> product(x, y).compareTo(difference(x, y)) < 0 ? 1 : 0);
    }

    private static BigInteger unsigned(long x) {
        return new BigInteger(Long.toUnsignedString(x));
    }

    private static BigInteger product(long x, long y) {
        return unsigned(x).multiply(unsigned(y));
    }

    private static BigInteger signed(long x, long y) {
        return BigInteger.valueOf(x).multiply(BigInteger.valueOf(y));
    }

    private static BigInteger difference(long x, long y) {
        return unsigned(y).shiftLeft(64).or(unsigned(x)).subtract(product(x, y)).mod(WIDE);
    }

    private static BigInteger square(long x, long y) {
        BigInteger sum = product(x, y).add(unsigned(x));
        return product(x, y).multiply(sum.setBit(0)).mod(WIDE);
    }

    private static CorpusCase carried(Inputs inputs) {
        int count = 40;
        int[] a = inputs.ints(4 * count);
        int[] b = inputs.ints(4 * count);
        for (int i = 0; i < 8; i++) {
            a[i] = -1;
            b[i] = i < 4 ? -1 : i == 4 ? 1 : 0;
        }
        int[] sums = new int[5 * count];
        int[] differences = new int[5 * count];
        int[] products = new int[8 * count];
        for (int i = 0; i < count; i++) {
            BigInteger x = number(a, 4 * i);
            BigInteger y = number(b, 4 * i);
            split(x.add(y), sums, 5 * i, 5);
            split(x.subtract(y), differences, 5 * i, 5);
            split(x.multiply(y), products, 8 * i, 8);
        }
        return new CorpusCase(SOURCE, "carried", "", new LaunchGeometry(2, 32), value(count), input(a), input(b), output(sums),
            output(differences), output(products));
    }

    private static BigInteger number(int[] words, int at) {
        BigInteger result = BigInteger.ZERO;
        for (int k = 3; k >= 0; k--) {
            result = result.multiply(WORD).add(BigInteger.valueOf(Integer.toUnsignedLong(words[at + k])));
        }
        return result;
    }

    private static void split(BigInteger number, int[] words, int at, int count) {
        for (int k = 0; k < count; k++) {
            words[at + k] = number.shiftRight(32 * k).intValue();
        }
    }
}
