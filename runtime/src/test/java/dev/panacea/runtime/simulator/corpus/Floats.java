package dev.panacea.runtime.simulator.corpus;

import static dev.panacea.runtime.simulator.corpus.Argument.input;
import static dev.panacea.runtime.simulator.corpus.Argument.output;
import static dev.panacea.runtime.simulator.corpus.Argument.value;

import dev.panacea.runtime.cuda.LaunchGeometry;
import java.util.ArrayList;
import java.util.List;

final class Floats {
    private static final String SOURCE = "floats";

    private Floats() { }

    private interface Single {
        float of(float x, float y, float z);
    }

    private interface Wide {
        double of(double x, double y, double z);
    }

    static List<CorpusCase> cases(Inputs inputs) {
        return List.of(singles(inputs), doubles(inputs));
    }

    private static CorpusCase singles(Inputs inputs) {
        int corners = 26;
        int n = corners * corners + 300;
        float[] a = inputs.anyFloats(n);
        float[] b = inputs.anyFloats(n);
        float[] c = inputs.anyFloats(n);
        // Every corner with every other; then any bits; at the end numbers of one size, whose sums round.
        for (int i = corners * corners - 1; i >= 0; i--) {
            a[i] = a[i % corners];
            b[i] = b[i / corners];
            c[i] = c[i * 7 % n];
        }
        for (int i = n - 150; i < n; i++) {
            a[i] = inputs.floats(1, -8, 8)[0];
            b[i] = inputs.floats(1, -8, 8)[0];
            c[i] = inputs.floats(1, -8, 8)[0];
        }
        List<Single> rows = singles();
        float[] expected = new float[rows.size() * n];
        for (int k = 0; k < rows.size(); k++) {
            for (int i = 0; i < n; i++) {
                expected[k * n + i] = rows.get(k).of(a[i], b[i], c[i]);
            }
        }
        return new CorpusCase(SOURCE, "singles", "", new LaunchGeometry(Math.ceilDiv(n, 128), 128), value(n), input(a), input(b),
            input(c), output(expected));
    }

    private static List<Single> singles() {
        List<Single> rows = new ArrayList<>();
        for (Rounding rounding : Rounding.values()) {
            rows.add((x, y, z) -> rounding.add(x, y));
        }
        for (Rounding rounding : Rounding.values()) {
            rows.add((x, y, z) -> rounding.multiply(x, y));
        }
        for (Rounding rounding : Rounding.values()) {
            rows.add(rounding::fma);
        }
        for (Rounding rounding : Rounding.values()) {
            rows.add((x, y, z) -> rounding.divide(x, y));
        }
        rows.addAll(List.of((x, y, z) -> (float) Math.sqrt(x), (x, y, z) -> 1 / y,
            (x, y, z) -> Float.isNaN(x) ? y : Float.isNaN(y) ? x : Math.min(x, y),
            (x, y, z) -> Float.isNaN(x) ? y : Float.isNaN(y) ? x : Math.max(x, y), (x, y, z) -> Math.min(x, y),
            (x, y, z) -> Math.max(x, y), (x, y, z) -> Math.abs(x), (x, y, z) -> -x, (x, y, z) -> Math.copySign(x, y),
            (x, y, z) -> saturated(x), (x, y, z) -> (float) Math.floor(x), (x, y, z) -> (float) Math.ceil(x),
            (x, y, z) -> (float) (x < 0 ? Math.ceil(x) : Math.floor(x)), (x, y, z) -> (float) Math.rint(x),
            (x, y, z) -> x < y ? 1 : 0, (x, y, z) -> x <= y ? 1 : 0, (x, y, z) -> x > y ? 0 : 1, (x, y, z) -> x == y ? 1 : 0,
            (x, y, z) -> x != y ? 1 : 0, (x, y, z) -> Float.isNaN(x) ? 1 : 0, (x, y, z) -> flushed(flushed(x) + flushed(y)),
            (x, y, z) -> flushed(flushed(x) * flushed(y)), (x, y, z) -> saturated(x + y), (x, y, z) -> x % y));
        return rows;
    }

    private static float saturated(float x) {
        return Float.isNaN(x) ? 0 : Math.max(0.0f, Math.min(x, 1.0f));
    }

    private static float flushed(float x) {
        return Math.abs(x) < Float.MIN_NORMAL ? Math.copySign(0.0f, x) : x;
    }

    private static CorpusCase doubles(Inputs inputs) {
        int n = 400;
        double[] a = doubles(inputs, n, 1);
        double[] b = doubles(inputs, n, 3);
        double[] c = doubles(inputs, n, 7);
        List<Wide> rows = doubles();
        double[] expected = new double[rows.size() * n];
        for (int k = 0; k < rows.size(); k++) {
            for (int i = 0; i < n; i++) {
                expected[k * n + i] = rows.get(k).of(a[i], b[i], c[i]);
            }
        }
        return new CorpusCase(SOURCE, "doubles", "", new LaunchGeometry(Math.ceilDiv(n, 128), 128), value(n), input(a), input(b),
            input(c), output(expected));
    }

    private static double[] doubles(Inputs inputs, int n, int step) {
        double[] corners = {0.0, -0.0, 1, -1, Double.NaN, Double.POSITIVE_INFINITY,
            Double.NEGATIVE_INFINITY, Double.MIN_VALUE, Double.MIN_NORMAL, Double.MAX_VALUE, 2.5,
            -3.5, 1.0e-310, 9.3e18, -2147483648.5};
        double[] values = new double[n];
        for (int i = 0; i < n; i++) {
            values[i] = i < 150 ? corners[i * step / (step == 3 ? 2 : 1) % corners.length]
                : i < 250 ? Double.longBitsToDouble(inputs.random().nextLong()) : inputs.random().nextDouble(-9, 9);
        }
        return values;
    }

    private static List<Wide> doubles() {
        return List.of((x, y, z) -> x + y, (x, y, z) -> x * y, Math::fma, (x, y, z) -> x / y, (x, y, z) -> Math.sqrt(Math.abs(x)),
            (x, y, z) -> 1 / y, (x, y, z) -> Double.isNaN(x) ? y : Double.isNaN(y) ? x : Math.min(x, y),
            (x, y, z) -> Double.isNaN(x) ? y : Double.isNaN(y) ? x : Math.max(x, y), (x, y, z) -> Math.floor(x),
            (x, y, z) -> Math.ceil(x), (x, y, z) -> x < 0 ? Math.ceil(x) : Math.floor(x), (x, y, z) -> Math.rint(x),
            (x, y, z) -> Math.copySign(x, y), (x, y, z) -> (float) x,
            (x, y, z) -> Double.isNaN(x) ? Long.MIN_VALUE : (long) x,
            (x, y, z) -> Double.isNaN(x) ? Integer.MIN_VALUE : (int) x, (x, y, z) -> x < y ? 1 : 2,
            (x, y, z) -> Double.longBitsToDouble(Double.doubleToRawLongBits(x) ^ 1),
            (x, y, z) -> Double.longBitsToDouble(Double.doubleToRawLongBits(x) & 0xffffffffL << 32
                | Double.doubleToRawLongBits(y) & 0xffffffffL));
    }
}
