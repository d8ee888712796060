package dev.panacea.runtime.simulator.corpus;

import static dev.panacea.runtime.simulator.corpus.Argument.input;
import static dev.panacea.runtime.simulator.corpus.Argument.output;
import static dev.panacea.runtime.simulator.corpus.Argument.value;

import dev.panacea.runtime.cuda.LaunchGeometry;
import java.util.List;
import java.util.function.DoubleBinaryOperator;
import java.util.stream.IntStream;

/** Mathematics with an error bound, which is the one that CUDA's programming guide or the PTX manual states. */
final class Functions {
    private static final String SOURCE = "functions";
    private static final int N = 400;
    private static final LaunchGeometry GEOMETRY = new LaunchGeometry(7, 64);

    private Functions() { }

    /** One function. The bound is absolute, of the result and the two operands. */
    private record Row(DoubleBinaryOperator function, Bound bound) {
        static Row ulps(double ulps, DoubleBinaryOperator function) {
            return new Row(function, (result, x, y) -> ulps * Math.ulp((float) result));
        }

        static Row relative(double error, DoubleBinaryOperator function) {
            return new Row(function, (result, x, y) -> error * Math.abs(result));
        }
    }

    private interface Bound {
        double of(double result, double x, double y);
    }

    static List<CorpusCase> cases(Inputs inputs) {
        float[] wide = inputs.floats(N, -10, 10);
        for (int i = 0; i < N / 2; i++) {
            // Large ones take the slow path of the reduction by multiples of π/2.
            wide[i] *= (float) Math.pow(10, i % 36);
        }
        for (int i = 0; i < 20; i++) {
            wide[i] = i % 2 == 0 ? Float.MIN_VALUE * (i + 1) : -1.0e-20f * i;
        }
        return List.of(floats("singles", singles(), wide, inputs.floats(N, -12, 12)),
            floats("fast", fast(), inputs.floats(N, -3.14, 3.14), inputs.floats(N, 0.3, 6)), doubles(inputs));
    }

    private static CorpusCase floats(String kernel, List<Row> rows, float[] a, float[] b) {
        double[] expected = new double[rows.size() * N];
        double[] bounds = new double[expected.length];
        for (int k = 0; k < rows.size(); k++) {
            for (int i = 0; i < N; i++) {
                double result = rows.get(k).function.applyAsDouble(a[i], b[i]);
                expected[k * N + i] = result;
                bounds[k * N + i] = rows.get(k).bound.of(result, a[i], b[i]);
            }
        }
        return new CorpusCase(SOURCE, kernel, "", GEOMETRY, value(N), input(a), input(b),
            output(4L * expected.length, Expectation.floats(expected, i -> bounds[i])));
    }

    private static List<Row> singles() {
        return List.of(Row.ulps(2, (x, y) -> Math.sin(x)), Row.ulps(2, (x, y) -> Math.cos(x)), Row.ulps(4, (x, y) -> Math.tan(y)),
            Row.ulps(2, (x, y) -> Math.exp(y)), Row.ulps(2, (x, y) -> Math.pow(2, y)), Row.ulps(2, (x, y) -> Math.expm1(y)),
            Row.ulps(1, (x, y) -> Math.log(Math.abs(x))), Row.ulps(1, (x, y) -> Math.log(Math.abs(x)) / Math.log(2)),
            Row.ulps(1, (x, y) -> Math.log1p(Math.abs(x))), Row.ulps(4, (x, y) -> Math.pow(Math.abs(y), y)),
            Row.ulps(2, (x, y) -> Math.tanh(y)), Row.ulps(2, (x, y) -> 1 / Math.sqrt(Math.abs(x))), Row.ulps(1, (x, y) -> Math.cbrt(x)),
            Row.ulps(2, (x, y) -> Math.atan(x)), Row.ulps(3, Math::atan2), Row.ulps(2, (x, y) -> Math.asin((float) y / 12.0f)),
            Row.ulps(3, (x, y) -> Math.sinh(y)), Row.ulps(3, Math::hypot));
    }

    private static List<Row> fast() {
        return List.of(new Row((x, y) -> Math.sin(x), (r, x, y) -> Math.pow(2, -21.41)),
            new Row((x, y) -> Math.cos(x), (r, x, y) -> Math.pow(2, -21.19)),
            new Row((x, y) -> Math.exp(x), (r, x, y) -> (2 + Math.floor(Math.abs(1.173 * x))) * Math.ulp((float) r)),
            new Row((x, y) -> Math.log(y), (r, x, y) -> y <= 2 && y >= 0.5 ? Math.pow(2, -21.41) : 3 * Math.ulp((float) r)),
            new Row((x, y) -> Math.log(y) / Math.log(2), (r, x, y) -> logarithmBound(r, y)), Row.ulps(2, (x, y) -> x / y),
            new Row((x, y) -> Math.pow(y, x), Functions::powerBound), Row.ulps(2, (x, y) -> Math.pow(2, x)),
            Row.ulps(1, (x, y) -> 1 / y), Row.relative(0x1p-22, (x, y) -> Math.sqrt(y)),
            Row.relative(Math.pow(2, -22.4), (x, y) -> 1 / Math.sqrt(y)), Row.relative(0x1p-11, (x, y) -> Math.tanh(x)));
    }

    private static double logarithmBound(double result, double y) {
        return y <= 2 && y >= 0.5 ? 0x1p-22 : 2 * Math.ulp((float) result);
    }

    /** 2^(x · log2 y): what the logarithm is off by, times x, and the product's rounding, carried through; then 2 ulp of its own. */
    private static double powerBound(double result, double x, double y) {
        double exponent = Math.log(y) / Math.log(2);
        double off = Math.abs(x) * logarithmBound(exponent, y) + Math.ulp((float) (x * exponent));
        return Math.abs(result) * Math.log(2) * off * 1.01 + 2 * Math.ulp((float) result);
    }

    private static CorpusCase doubles(Inputs inputs) {
        double[] a = inputs.doubles(N, -10, 10);
        double[] b = inputs.doubles(N, -12, 12);
        for (int i = 0; i < N / 2; i++) {
            a[i] *= Math.pow(10, i % 200);
        }
        List<DoubleBinaryOperator> rows = List.of((x, y) -> Math.sin(x), (x, y) -> Math.cos(x), (x, y) -> Math.exp(y),
            (x, y) -> Math.log(Math.abs(x)), (x, y) -> Math.pow(Math.abs(y), y), (x, y) -> Math.tanh(y),
            (x, y) -> 1 / Math.sqrt(Math.abs(x)), (x, y) -> Math.cbrt(x), (x, y) -> Math.log1p(Math.abs(y)));
        double[] expected = IntStream.range(0, rows.size() * N).mapToDouble(i -> rows.get(i / N).applyAsDouble(a[i % N], b[i % N]))
            .toArray();
        // CUDA's functions are within 2 units in the last place, Java's within 1, its tanh within 2.5.
        return new CorpusCase(SOURCE, "doubles", "", GEOMETRY, value(N), input(a), input(b),
            output(8L * expected.length, Expectation.doublesWithinUlps(expected, 4.5)));
    }
}
