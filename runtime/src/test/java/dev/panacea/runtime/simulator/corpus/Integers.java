package dev.panacea.runtime.simulator.corpus;

import static dev.panacea.runtime.simulator.corpus.Argument.input;
import static dev.panacea.runtime.simulator.corpus.Argument.output;
import static dev.panacea.runtime.simulator.corpus.Argument.value;

import dev.panacea.runtime.cuda.LaunchGeometry;
import java.util.List;

final class Integers {
    private static final String SOURCE = "integers";
    private static final int N = 200;
    private static final int[] CORNERS = {0, 1, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, 0x80, 0x7f, 0xff, 0x8000, 0x7fff, 0xffff,
        -128, -129, -32768, -32769, 0x01010101, 0x80808080, 0x7f7f7f7f};

    private Integers() { }

    /** One instruction. */
    private interface Row {
        int of(int x, int y, int z);
    }

    static List<CorpusCase> cases(Inputs inputs) {
        return List.of(three(inputs, "bits", bits()), three(inputs, "arithmetic", arithmetic()), widths(inputs));
    }

    private static CorpusCase three(Inputs inputs, String kernel, List<Row> rows) {
        // Corners stand where the other operands are drawn: the least number over -1 has no defined quotient.
        int[] a = withCorners(inputs.ints(N), 0);
        int[] b = withCorners(inputs.ints(N), CORNERS.length);
        int[] c = withCorners(inputs.ints(N), 2 * CORNERS.length);
        return new CorpusCase(SOURCE, kernel, "", new LaunchGeometry(4, 64), value(N), input(a), input(b), input(c),
            output(results(rows, a, b, c)));
    }

    private static CorpusCase widths(Inputs inputs) {
        int[] a = withCorners(inputs.ints(N), 0);
        return new CorpusCase(SOURCE, "widths", "", new LaunchGeometry(4, 64), value(N), input(a), output(results(widths(), a, a, a)));
    }

    private static int[] withCorners(int[] values, int at) {
        System.arraycopy(CORNERS, 0, values, at, CORNERS.length);
        return values;
    }

    private static int[] results(List<Row> rows, int[] a, int[] b, int[] c) {
        int[] results = new int[rows.size() * N];
        for (int k = 0; k < rows.size(); k++) {
            for (int i = 0; i < N; i++) {
                results[k * N + i] = rows.get(k).of(a[i], b[i], c[i]);
            }
        }
        return results;
    }

    private static List<Row> bits() {
        return List.of((x, y, z) -> BitOracle.permuted(x, y, k -> z >>> 4 * k & 15),
            (x, y, z) -> BitOracle.permuted(x, y, k -> (z & 3) + k),
            (x, y, z) -> BitOracle.permuted(x, y, k -> (z & 3) - k & 7),
            (x, y, z) -> BitOracle.permuted(x, y, k -> z & 3),
            (x, y, z) -> BitOracle.permuted(x, y, k -> Math.max(k, z & 3)),
            (x, y, z) -> BitOracle.permuted(x, y, k -> Math.min(k, z & 3)),
            (x, y, z) -> BitOracle.permuted(x, y, k -> 2 * (z & 1) + (k & 1)),
            (x, y, z) -> BitOracle.funnelLeft(x, y, z & 31), (x, y, z) -> BitOracle.funnelLeft(x, y, Math.min(z & 63, 32)),
            (x, y, z) -> BitOracle.funnelRight(x, y, z & 31), (x, y, z) -> BitOracle.funnelRight(x, y, Math.min(z & 63, 32)),
            (x, y, z) -> (z & 63) > 31 ? 0 : x << z, (x, y, z) -> (z & 63) > 31 ? 0 : x >>> z,
            (x, y, z) -> x >> Math.min(z & 63, 31), (x, y, z) -> Integer.bitCount(x), (x, y, z) -> Integer.numberOfLeadingZeros(x),
            (x, y, z) -> x == 0 ? 0 : Integer.numberOfTrailingZeros(x) + 1, (x, y, z) -> Integer.reverse(x),
            (x, y, z) -> 31 - Integer.numberOfLeadingZeros(x), (x, y, z) -> 31 - Integer.numberOfLeadingZeros(x < 0 ? ~x : x),
            (x, y, z) -> x == 0 ? -1 : Integer.numberOfLeadingZeros(x),
            (x, y, z) -> BitOracle.extracted(x, y & 63, z & 63, false), (x, y, z) -> BitOracle.extracted(x, y & 63, z & 63, true),
            (x, y, z) -> BitOracle.inserted(x, y, z & 63, z >> 8 & 63), (x, y, z) -> x ^ y ^ z,
            (x, y, z) -> x & y | x & z | y & z, (x, y, z) -> x & y | ~x & z, (x, y, z) -> BitOracle.looked(x, y, z, 0x1b),
            (x, y, z) -> x & ~y, (x, y, z) -> (x & 1) == 0 ? 1 : 0);
    }

    private static List<Row> arithmetic() {
        return List.of((x, y, z) -> BitOracle.dot(x, y, z, 8, 0, true, true), (x, y, z) -> BitOracle.dot(x, y, z, 8, 0, false, false),
            (x, y, z) -> BitOracle.dot(x, y, z, 8, 0, false, true), (x, y, z) -> BitOracle.dot(x, y, z, 8, 0, true, false),
            (x, y, z) -> BitOracle.dot(x, y, z, 16, 0, true, true), (x, y, z) -> BitOracle.dot(x, y, z, 16, 2, false, false),
            (x, y, z) -> (int) ((long) x * y >> 32), (x, y, z) -> (int) (unsigned(x) * unsigned(y) >>> 32),
            (x, y, z) -> (x << 8 >> 8) * (y << 8 >> 8), (x, y, z) -> (int) ((x & 0xffffffL) * (y & 0xffffffL) >>> 16),
            (x, y, z) -> x * y + z, (x, y, z) -> (int) ((long) x * y >> 32) + z, (x, y, z) -> (x & 0xffffff) * (y & 0xffffff) + z,
            (x, y, z) -> (int) (Math.abs((long) x - y) + z), (x, y, z) -> (int) (Math.abs(unsigned(x) - unsigned(y)) + z),
            (x, y, z) -> Math.clamp((long) x + y, Integer.MIN_VALUE, Integer.MAX_VALUE),
            (x, y, z) -> Math.clamp((long) x - y, Integer.MIN_VALUE, Integer.MAX_VALUE),
            (x, y, z) -> x / (y | 1), (x, y, z) -> x % (y | 1), (x, y, z) -> Integer.divideUnsigned(x, y | 1),
            (x, y, z) -> Integer.remainderUnsigned(x, y | 1), (x, y, z) -> Math.min(x, y),
            (x, y, z) -> Integer.compareUnsigned(x, y) > 0 ? x : y, (x, y, z) -> Math.abs(x), (x, y, z) -> x / 7 + x % 1000,
            (x, y, z) -> Integer.divideUnsigned(x, 10) + Integer.remainderUnsigned(x, 641), (x, y, z) -> (int) ((long) x + y >> 1),
            (x, y, z) -> (int) ((long) x + y + 1 >> 1), (x, y, z) -> (int) (unsigned(x) + unsigned(y) >> 1),
            (x, y, z) -> (int) (unsigned(x) + unsigned(y) + 1 >> 1),
            (x, y, z) -> BitOracle.byParts(x, y, 8, (a, b) -> a + b), (x, y, z) -> BitOracle.byParts(x, y, 8, (a, b) -> Math.abs(a - b)),
            (x, y, z) -> BitOracle.byParts(x, y, 16, (a, b) -> Math.max((short) a, (short) b)),
            (x, y, z) -> BitOracle.byParts(x, y, 8, (a, b) -> a > b ? 0xff : 0));
    }

    private static List<Row> widths() {
        return List.of((x, y, z) -> (byte) x, (x, y, z) -> x & 0xff, (x, y, z) -> (short) x, (x, y, z) -> x & 0xffff,
            (x, y, z) -> Math.clamp(x, -128, 127), (x, y, z) -> Math.clamp(x, 0, 255), (x, y, z) -> Math.clamp(x, -32768, 32767),
            (x, y, z) -> Math.clamp(x, 0, 65535), (x, y, z) -> (int) Math.min(unsigned(x), 255),
            (x, y, z) -> (int) Math.min(unsigned(x), Integer.MAX_VALUE), (x, y, z) -> Math.max(x, 0),
            (x, y, z) -> (short) x * (short) (x >> 16) & 0xffff, (x, y, z) -> (short) x / ((short) (x >> 16) | 1),
            (x, y, z) -> (x & 0xffff) >>> (x >> 16 & 15), (x, y, z) -> Math.min((short) x, (short) (x >> 16)) & 0xffff,
            (x, y, z) -> (short) x < (short) (x >> 16) ? 1 : 2);
    }

    private static long unsigned(int x) {
        return Integer.toUnsignedLong(x);
    }
}
