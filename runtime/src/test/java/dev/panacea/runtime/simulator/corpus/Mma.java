package dev.panacea.runtime.simulator.corpus;

import static dev.panacea.runtime.simulator.corpus.Argument.input;
import static dev.panacea.runtime.simulator.corpus.Argument.output;
import static dev.panacea.runtime.simulator.corpus.Argument.value;

import dev.panacea.runtime.cuda.Dimensions;
import dev.panacea.runtime.cuda.LaunchGeometry;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleSupplier;
import java.util.stream.IntStream;

/**
 * Single tensor-core instructions. Small integers have one right result. Of other values, each of the k + 1 terms may lose one unit in
 * the last place of the largest partial sum, which is no larger than the sum of the terms' sizes.
 */
final class Mma {
    private static final String SOURCE = "mma";
    private static final int PRODUCTS = 4;
    private static final LaunchGeometry GEOMETRY = new LaunchGeometry(2, 64);

    private Mma() { }

    static List<CorpusCase> cases(Inputs inputs) {
        List<CorpusCase> cases = new ArrayList<>();
        for (boolean whole : new boolean[] {true, false}) {
            for (int k : new int[] {8, 16}) {
                cases.add(floats(inputs, "bf16k" + k, k, ElementFormat.BFLOAT16, whole));
                cases.add(floats(inputs, "f16k" + k, k, ElementFormat.HALF, whole));
                cases.add(floats(inputs, "tf32k" + k / 2, k / 2, ElementFormat.TF32, whole));
            }
            cases.add(halfSums(inputs, whole));
        }
        cases.add(bytes(inputs, "s8k32", 32, true, true, false));
        cases.add(bytes(inputs, "s8k16", 16, true, true, false));
        cases.add(bytes(inputs, "u8k32", 32, false, false, false));
        cases.add(bytes(inputs, "u8s8k32saturated", 32, false, true, true));
        cases.add(byteProduct(inputs, 48, 32, 64));
        cases.add(matrices(inputs));
        return cases;
    }

    private static DoubleSupplier source(Inputs inputs, boolean whole) {
        return whole ? () -> inputs.random().nextInt(-4, 5) : () -> inputs.random().nextDouble(-1, 1);
    }

    private static CorpusCase floats(Inputs inputs, String kernel, int k, ElementFormat format, boolean whole) {
        DoubleSupplier source = source(inputs, whole);
        double[] a = format.drawn(PRODUCTS * 16 * k, source);
        double[] b = format.drawn(PRODUCTS * 8 * k, source);
        float[] c = new float[PRODUCTS * 128];
        for (int i = 0; i < c.length; i++) {
            c[i] = (float) source.getAsDouble();
        }
        double[] expected = new double[c.length];
        double[] bounds = new double[c.length];
        for (int i = 0; i < c.length; i++) {
            double size = Math.abs(c[i]);
            expected[i] = c[i];
            for (int at = 0; at < k; at++) {
                double term = a[i / 8 * k + at] * b[(i / 128 * 8 + i % 8) * k + at];
                expected[i] += term;
                size += Math.abs(term);
            }
            bounds[i] = whole ? 0 : (k + 1) * 0x1p-23 * size;
        }
        return new CorpusCase(SOURCE, kernel, whole ? "integers" : "fractions", GEOMETRY, input(format.array(a)), input(format.array(b)),
            input(c), output(4L * c.length, Expectation.floats(expected, i -> bounds[i])));
    }

    private static CorpusCase halfSums(Inputs inputs, boolean whole) {
        DoubleSupplier source = source(inputs, whole);
        double[] a = ElementFormat.HALF.drawn(PRODUCTS * 16 * 16, source);
        double[] b = ElementFormat.HALF.drawn(PRODUCTS * 8 * 16, source);
        double[] c = ElementFormat.HALF.drawn(PRODUCTS * 128, source);
        Expectation near = actual -> {
            for (int i = 0; i < c.length; i++) {
                double expected = c[i];
                double size = Math.abs(c[i]);
                for (int at = 0; at < 16; at++) {
                    double term = a[i / 8 * 16 + at] * b[(i / 128 * 8 + i % 8) * 16 + at];
                    expected += term;
                    size += Math.abs(term);
                }
                float found = Float.float16ToFloat(actual.getAtIndex(ValueLayout.JAVA_SHORT_UNALIGNED, i));
                if (!(Math.abs(found - expected) <= (whole ? 0 : 17 * 0x1p-10 * size))) {
                    return Optional.of("element " + i + ": " + expected + " expected, not " + found);
                }
            }
            return Optional.empty();
        };
        return new CorpusCase(SOURCE, "f16k16half", whole ? "integers" : "fractions", GEOMETRY, input(ElementFormat.HALF.array(a)),
            input(ElementFormat.HALF.array(b)), input(ElementFormat.HALF.array(c)), output(2L * c.length, near));
    }

    private static byte[] drawnBytes(Inputs inputs, int count) {
        byte[] bytes = new byte[count];
        inputs.random().nextBytes(bytes);
        return bytes;
    }

    private static CorpusCase bytes(Inputs inputs, String kernel, int k, boolean signedA, boolean signedB, boolean saturated) {
        byte[] a = drawnBytes(inputs, PRODUCTS * 16 * k);
        byte[] b = drawnBytes(inputs, PRODUCTS * 8 * k);
        int[] c = inputs.ints(PRODUCTS * 128);
        int[] expected = new int[c.length];
        for (int i = 0; i < c.length; i++) {
            c[i] = i % 3 == 0 ? Integer.MAX_VALUE - i : i % 3 == 1 ? Integer.MIN_VALUE + i : c[i];
            long sum = c[i];
            for (int at = 0; at < k; at++) {
                int left = a[i / 8 * k + at];
                int right = b[(i / 128 * 8 + i % 8) * k + at];
                sum += (signedA ? left : left & 0xff) * (signedB ? right : right & 0xff);
            }
            expected[i] = saturated ? Math.clamp(sum, Integer.MIN_VALUE, Integer.MAX_VALUE) : (int) sum;
        }
        return new CorpusCase(SOURCE, kernel, "", GEOMETRY, input(a), input(b), input(c), output(expected));
    }

    private static CorpusCase byteProduct(Inputs inputs, int m, int n, int k) {
        byte[] a = drawnBytes(inputs, m * k);
        byte[] b = drawnBytes(inputs, n * k);
        int[] expected = new int[m * n];
        for (int i = 0; i < m * n; i++) {
            for (int at = 0; at < k; at++) {
                expected[i] += a[i / n * k + at] * b[i % n * k + at];
            }
        }
        LaunchGeometry geometry = new LaunchGeometry(new Dimensions(n / 16, m / 16), new Dimensions(64), 0);
        return new CorpusCase(SOURCE, "bytes", m + "x" + n + "x" + k, geometry, value(n), value(k), input(a), input(b), output(expected));
    }

    private static CorpusCase matrices(Inputs inputs) {
        short[] in = new short[256];
        for (int i = 0; i < in.length; i++) {
            in[i] = (short) inputs.random().nextInt();
        }
        int[] order = inputs.random().ints(1000, 0, 32).distinct().toArray();
        // Which matrix each of the fifteen results shows: x1, x2 and x4, straight, then transposed; last the first one turned.
        int[] shown = {0, 0, 1, 0, 1, 2, 3, 0, 0, 1, 0, 1, 2, 3, 0};
        int[] expected = IntStream.range(0, 15 * 32).map(i -> {
            int row = i % 32 / 4;
            int column = i % 4 * 2;
            int first = shown[i / 32] * 8;
            return i / 32 < 7 ? pair(in[order[first + row] * 8 + column], in[order[first + row] * 8 + column + 1])
                : pair(in[order[first + column] * 8 + row], in[order[first + column + 1] * 8 + row]);
        }).toArray();
        return new CorpusCase(SOURCE, "matrices", "", new LaunchGeometry(1, 32), input(in), input(order), output(expected));
    }

    private static int pair(short low, short high) {
        return low & 0xffff | high << 16;
    }
}
