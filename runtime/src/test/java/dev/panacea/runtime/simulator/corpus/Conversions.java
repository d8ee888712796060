package dev.panacea.runtime.simulator.corpus;

import static dev.panacea.runtime.simulator.corpus.Argument.input;
import static dev.panacea.runtime.simulator.corpus.Argument.output;
import static dev.panacea.runtime.simulator.corpus.Argument.value;

import dev.panacea.runtime.cuda.LaunchGeometry;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

final class Conversions {
    private static final String SOURCE = "floats";
    private static final double UNSIGNED_MAX = 0xffffffffL;

    private Conversions() { }

    static List<CorpusCase> cases(Inputs inputs) {
        return List.of(toIntegers(inputs), fromIntegers(inputs));
    }

    private static CorpusCase toIntegers(Inputs inputs) {
        int n = 300;
        float[] a = inputs.anyFloats(n);
        for (int i = 100; i < n; i++) {
            a[i] = inputs.floats(1, -3, 3)[0] * (1 << i % 31);
        }
        List<DoubleUnaryOperator> roundings = List.of(Math::rint, x -> x < 0 ? Math.ceil(x) : Math.floor(x), Math::ceil, Math::floor);
        int[] words = new int[8 * n];
        long[] longs = new long[4 * n];
        for (int i = 0; i < n; i++) {
            for (int k = 0; k < 4; k++) {
                double rounded = roundings.get(k).applyAsDouble(a[i]);
                words[k * n + i] = (int) rounded;
                words[(k + 4) * n + i] = (int) (long) Math.max(0, Math.min(rounded, UNSIGNED_MAX));
            }
            // A NaN becomes the least number of a 64-bit type, and 0 of a smaller one.
            boolean nan = Float.isNaN(a[i]);
            longs[i] = nan ? Long.MIN_VALUE : (long) Math.rint(a[i]);
            longs[n + i] = nan ? Long.MIN_VALUE : (long) a[i];
            longs[2 * n + i] = nan ? Long.MIN_VALUE : unsignedLong(a[i]);
            longs[3 * n + i] = nan ? Long.MIN_VALUE : (long) Math.floor(a[i]);
        }
        return new CorpusCase(SOURCE, "toIntegers", "", new LaunchGeometry(Math.ceilDiv(n, 64), 64), value(n), input(a), output(words),
            output(longs));
    }

    private static long unsignedLong(float x) {
        if (!(x >= 1)) {
            return 0;
        }
        return x >= 0x1p64f ? -1 : new BigDecimal(x).toBigInteger().longValue();
    }

    private static CorpusCase fromIntegers(Inputs inputs) {
        int n = 200;
        int[] words = inputs.ints(n);
        long[] longs = inputs.longs(n);
        int[] corners = {0, 1, -1, Integer.MAX_VALUE, Integer.MIN_VALUE, 0x1000001, 0x1000003, -0x1000001};
        for (int i = 0; i < n; i++) {
            longs[i] = i < corners.length ? (long) corners[i] << 32 : longs[i] >> i % 64;
        }
        System.arraycopy(corners, 0, words, 0, corners.length);
        float[] floats = new float[8 * n];
        double[] doubles = new double[5 * n];
        for (int i = 0; i < n; i++) {
            for (Rounding rounding : Rounding.values()) {
                floats[rounding.ordinal() * n + i] = rounded(rounding, BigInteger.valueOf(words[i]));
            }
            long unsigned = Integer.toUnsignedLong(words[i]);
            BigInteger unsignedLong = new BigInteger(Long.toUnsignedString(longs[i]));
            floats[4 * n + i] = unsigned;
            floats[5 * n + i] = longs[i];
            floats[6 * n + i] = rounded(Rounding.TO_ZERO, BigInteger.valueOf(longs[i]));
            floats[7 * n + i] = rounded(Rounding.NEAREST, unsignedLong);
            doubles[i] = words[i];
            doubles[n + i] = unsigned;
            doubles[2 * n + i] = longs[i];
            doubles[3 * n + i] = unsignedLong.doubleValue();
            doubles[4 * n + i] = notAbove(longs[i]);
        }
        return new CorpusCase(SOURCE, "fromIntegers", "", new LaunchGeometry(Math.ceilDiv(n, 64), 64), value(n), input(words),
            input(longs), output(floats), output(doubles));
    }

    private static float rounded(Rounding rounding, BigInteger exact) {
        return exact.signum() == 0 ? 0 : rounding.of(new BigDecimal(exact));
    }

    private static double notAbove(long exact) {
        double nearest = exact;
        return new BigDecimal(nearest).compareTo(BigDecimal.valueOf(exact)) > 0 ? Math.nextDown(nearest) : nearest;
    }
}
