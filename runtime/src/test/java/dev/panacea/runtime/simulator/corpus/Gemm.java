package dev.panacea.runtime.simulator.corpus;

import static dev.panacea.runtime.simulator.corpus.Argument.input;
import static dev.panacea.runtime.simulator.corpus.Argument.updated;
import static dev.panacea.runtime.simulator.corpus.Argument.value;

import dev.panacea.runtime.cuda.Dimensions;
import dev.panacea.runtime.cuda.LaunchGeometry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleSupplier;

/**
 * Tiled matrix products. Small integers have one right result; of other values each of the k additions may lose one unit in the last
 * place of a partial sum, which is no larger than the sum of the products' sizes. NaN fills what lies between the rows of A and B.
 */
final class Gemm {
    private static final int TILE = 128;
    private static final int TF32_SHARED_BYTES = 3 * 2 * TILE * 32 * 4;

    private Gemm() { }

    private record Extents(int m, int n, int k) { }

    static List<CorpusCase> cases(Inputs inputs) {
        List<CorpusCase> cases = new ArrayList<>();
        for (ElementFormat format : ElementFormat.values()) {
            cases.add(product(inputs, format, new Extents(128, 128, 32), true));
            cases.add(product(inputs, format, new Extents(1, 1, 1), true));
            cases.add(product(inputs, format, new Extents(131, 77, 101), true));
            cases.add(product(inputs, format, new Extents(129, 200, 160), false));
        }
        return cases;
    }

    private static int padded(int extent, ElementFormat format) {
        return Math.ceilDiv(extent, format.perChunk()) * format.perChunk() + format.perChunk();
    }

    private static CorpusCase product(Inputs inputs, ElementFormat format, Extents e, boolean whole) {
        DoubleSupplier source = whole ? () -> inputs.random().nextInt(-4, 5) : () -> inputs.random().nextDouble(-1, 1);
        boolean transposed = format == ElementFormat.TF32;
        int strideA = padded(e.k, format);
        int strideB = padded(transposed ? e.k : e.n, format);
        int strideC = e.n + 3;
        double[] a = matrix(format, e.m, e.k, strideA, source);
        double[] b = transposed ? matrix(format, e.n, e.k, strideB, source) : matrix(format, e.k, e.n, strideB, source);
        float[] before = new float[e.m * strideC];
        Arrays.fill(before, -77);
        double[] expected = new double[before.length];
        double[] bounds = new double[before.length];
        Arrays.fill(expected, -77);
        for (int row = 0; row < e.m; row++) {
            for (int column = 0; column < e.n; column++) {
                double sum = 0;
                double size = 0;
                for (int at = 0; at < e.k; at++) {
                    double term = a[row * strideA + at] * b[transposed ? column * strideB + at : at * strideB + column];
                    sum += term;
                    size += Math.abs(term);
                }
                expected[row * strideC + column] = sum;
                bounds[row * strideC + column] = whole ? 0 : e.k * 0x1p-23 * size;
            }
        }
        Dimensions grid = new Dimensions(Math.ceilDiv(e.n, TILE), Math.ceilDiv(e.m, TILE));
        LaunchGeometry geometry = new LaunchGeometry(grid, new Dimensions(256), transposed ? TF32_SHARED_BYTES : 0);
        return new CorpusCase(transposed ? "gemm_tf32" : "gemm", kernel(format),
            e.m + "x" + e.n + "x" + e.k + (whole ? " integers" : " fractions"), geometry, input(format.array(a)), input(format.array(b)),
            updated(before, Expectation.floats(expected, i -> bounds[i])), value(e.m), value(e.n), value(e.k), value(strideA),
            value(strideB), value(strideC));
    }

    private static String kernel(ElementFormat format) {
        return switch (format) {
            case BFLOAT16 -> "bf16";
            case HALF -> "f16";
            case TF32 -> "tf32";
        };
    }

    private static double[] matrix(ElementFormat format, int rows, int columns, int stride, DoubleSupplier source) {
        double[] values = format.drawn(rows * stride, source);
        for (int row = 0; row < rows; row++) {
            Arrays.fill(values, row * stride + columns, (row + 1) * stride, Double.NaN);
        }
        return values;
    }
}
