package dev.panacea.runtime.simulator.corpus;

import static dev.panacea.runtime.simulator.corpus.Argument.input;
import static dev.panacea.runtime.simulator.corpus.Argument.output;
import static dev.panacea.runtime.simulator.corpus.Argument.value;

import dev.panacea.runtime.cuda.LaunchGeometry;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.DoubleUnaryOperator;

/** Arithmetic in half and bfloat16: exact in float64 for operands of the sizes drawn here, then rounded once. */
final class Narrow {
    private static final String SOURCE = "narrow";
    private static final int N = 150;
    private static final LaunchGeometry GEOMETRY = new LaunchGeometry(3, 64);
    private static final int LOGARITHM = 1;
    /** At these cuda_fp16.hpp moves the logarithm by one last place, to make up for what the hardware's table says. */
    private static final Set<Short> MENDED_LOGARITHMS = Set.of((short) 0x160D, (short) 0x3BFE, (short) 0x3C0B, (short) 0x6051);

    private Narrow() { }

    /** One element of a pair; {@code high} tells which. */
    private interface Row {
        double of(double x, double y, double z, boolean high);
    }

    static List<CorpusCase> cases(Inputs inputs) {
        return List.of(arithmetic(inputs, "halves", NarrowFormat.HALF, halves()),
            arithmetic(inputs, "brains", NarrowFormat.BFLOAT16, brains()), fromFloats(inputs), toFloats(), functions(inputs));
    }

    private static CorpusCase arithmetic(Inputs inputs, String kernel, NarrowFormat format, List<Row> rows) {
        short[] a = drawn(inputs, format);
        short[] b = drawn(inputs, format);
        short[] c = drawn(inputs, format);
        short[] expected = new short[rows.size() * 2 * N];
        for (int k = 0; k < rows.size(); k++) {
            for (int i = 0; i < 2 * N; i++) {
                expected[k * 2 * N + i] = format.nearest(rows.get(k).of(format.value(a[i]), format.value(b[i]), format.value(c[i]),
                    i % 2 == 1));
            }
        }
        // The row that swaps the elements of a pair is told apart by its place in the list.
        for (int i = 0; format == NarrowFormat.HALF && i < 2 * N; i++) {
            expected[14 * 2 * N + i] = a[i ^ 1];
        }
        return new CorpusCase(SOURCE, kernel, "", GEOMETRY, value(N), input(a), input(b), input(c), output(expected));
    }

    private static short[] drawn(Inputs inputs, NarrowFormat format) {
        short[] values = new short[2 * N];
        for (int i = 0; i < values.length; i++) {
            double magnitude = Math.pow(2, inputs.random().nextDouble(-6, 6));
            values[i] = format.nearest(inputs.random().nextBoolean() ? magnitude : -magnitude);
        }
        return values;
    }

    private static List<Row> packed() {
        return List.of((x, y, z, high) -> x + y, (x, y, z, high) -> x - y, (x, y, z, high) -> x * y, (x, y, z, high) -> x * y + z,
            (x, y, z, high) -> Math.max(x, y), (x, y, z, high) -> Math.min(x, y), (x, y, z, high) -> -x,
            (x, y, z, high) -> Math.abs(x), (x, y, z, high) -> x > y ? 1 : 0, (x, y, z, high) -> Math.max(x * y + z, 0));
    }

    private static List<Row> halves() {
        List<Row> rows = new ArrayList<>(packed());
        rows.addAll(List.of((x, y, z, high) -> Math.clamp(x + y, 0.0, 1.0), (x, y, z, high) -> high ? x * y : x + y,
            (x, y, z, high) -> high ? x - y : x * y + z, (x, y, z, high) -> high ? x / y : Math.min(x, y), (x, y, z, high) -> x,
            (x, y, z, high) -> high ? Math.ceil(x) : Math.floor(x),
            (x, y, z, high) -> high ? Math.rint(x) : x < 0 ? Math.ceil(x) : Math.floor(x)));
        return rows;
    }

    private static List<Row> brains() {
        List<Row> rows = new ArrayList<>(packed());
        rows.addAll(List.of((x, y, z, high) -> high ? x * y : x + y, (x, y, z, high) -> high ? x - y : x * y + z));
        return rows;
    }

    private static CorpusCase fromFloats(Inputs inputs) {
        int n = 300;
        float[] in = inputs.anyFloats(n);
        for (int i = 100; i < n; i++) {
            in[i] = (float) (inputs.random().nextDouble(-2, 2) * Math.pow(2, i % 44 - 26));
        }
        short[] expected = new short[6 * n];
        int[] pairs = new int[2 * n];
        int[] tf32 = new int[n];
        for (int i = 0; i < n; i++) {
            for (Rounding rounding : Rounding.values()) {
                expected[rounding.ordinal() * n + i] = NarrowFormat.HALF.rounded(in[i], rounding);
            }
            expected[4 * n + i] = NarrowFormat.BFLOAT16.nearest(in[i]);
            expected[5 * n + i] = NarrowFormat.BFLOAT16.rounded(in[i], Rounding.TO_ZERO);
            for (NarrowFormat format : NarrowFormat.values()) {
                pairs[format.ordinal() * n + i] = format.nearest(in[i]) & 0xffff | format.nearest(in[(i + 1) % n]) << 16;
            }
            // Halves away from zero: carried into the exponent where need be.
            tf32[i] = Float.isNaN(in[i]) ? 0x7fffffff : Float.floatToIntBits(in[i]) + 0x1000 & ~0x1fff;
        }
        return new CorpusCase(SOURCE, "fromFloats", "", new LaunchGeometry(5, 64), value(n), input(in), output(expected), output(pairs),
            output(tf32));
    }

    private static CorpusCase toFloats() {
        int n = 65536;
        float[] halves = new float[n];
        float[] brains = new float[n];
        int[] integers = new int[2 * n];
        for (int i = 0; i < n; i++) {
            halves[i] = NarrowFormat.HALF.value((short) i);
            brains[i] = NarrowFormat.BFLOAT16.value((short) i);
            integers[i] = (int) halves[i];
            integers[n + i] = (int) Math.rint(halves[i]);
        }
        return new CorpusCase(SOURCE, "toFloats", "", new LaunchGeometry(n / 256, 256), output(halves), output(brains),
            output(integers));
    }

    private static CorpusCase functions(Inputs inputs) {
        short[] in = drawn(inputs, NarrowFormat.HALF);
        for (int i = 0; i < in.length; i++) {
            in[i] &= 0x7fff;
        }
        List<DoubleUnaryOperator> rows = List.of(Math::exp, Math::log, Math::sqrt, x -> 1 / Math.sqrt(x), x -> 1 / x,
            x -> Math.pow(2, x));
        Expectation withinOneUlp = actual -> {
            for (int i = 0; i < rows.size() * in.length; i++) {
                short x = in[i % in.length];
                double expected = rows.get(i / in.length).applyAsDouble(Float.float16ToFloat(x));
                float found = Float.float16ToFloat(actual.getAtIndex(ValueLayout.JAVA_SHORT_UNALIGNED, i));
                boolean overflow = expected > 65504 && (found == 65504 || found == Float.POSITIVE_INFINITY);
                double ulps = i / in.length == LOGARITHM && MENDED_LOGARITHMS.contains(x) ? 1.5 : 1;
                if (!overflow && !(Math.abs(found - expected) <= ulps * NarrowFormat.HALF.ulp(expected))) {
                    return Optional.of("element " + i + ": " + expected + " expected, not " + found);
                }
            }
            return Optional.empty();
        };
        return new CorpusCase(SOURCE, "functions", "", GEOMETRY, value(N), input(in), output(2L * rows.size() * in.length, withinOneUlp));
    }
}
