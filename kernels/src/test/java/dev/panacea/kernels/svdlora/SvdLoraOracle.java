package dev.panacea.kernels.svdlora;

import dev.panacea.kernels.svdlora.SvdLoraLinear.Shape;
import java.util.Arrays;

/** The formulas of {@link SvdLoraLinear} in float64, loop by loop. All matrices row-major. */
final class SvdLoraOracle {
    private final Shape shape;

    SvdLoraOracle(Shape shape) {
        this.shape = shape;
    }

    /** a (m, k) · b (k, n), either stored transposed. */
    static double[] product(int m, int n, int k, double[] a, boolean transposeA, double[] b, boolean transposeB) {
        double[] c = new double[m * n];
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                for (int p = 0; p < k; p++) {
                    c[i * n + j] += a[transposeA ? p * m + i : i * k + p] * b[transposeB ? j * k + p : p * n + j];
                }
            }
        }
        return c;
    }

    static double[] sum(double[] a, double[] b) {
        double[] c = a.clone();
        Arrays.setAll(c, i -> a[i] + b[i]);
        return c;
    }

    double[] scale(double[] values, double[] diagonal, int[] preferenceOfRow) {
        double[] scaled = values.clone();
        Arrays.setAll(scaled, i -> values[i] * diagonal[preferenceOfRow[i / shape.rank()] * shape.rank() + i % shape.rank()]);
        return scaled;
    }

    double[] projected(double[] x, double[] right) {
        return product(shape.rows(), shape.rank(), shape.inputs(), x, false, right, false);
    }

    double[] forward(double[] x, double[] weight, double[] left, double[] right, double[] diagonal, int[] preferenceOfRow) {
        double[] h = scale(projected(x, right), diagonal, preferenceOfRow);
        return sum(product(shape.rows(), shape.outputs(), shape.inputs(), x, false, weight, true),
            product(shape.rows(), shape.outputs(), shape.rank(), h, false, left, true));
    }

    /** dx, dU, dV and dDiagonal, in this order. */
    double[][] backward(double[] dy, double[] x, double[] weight, double[] left, double[] right, double[] diagonal,
                        int[] preferenceOfRow) {
        double[] projected = projected(x, right);
        double[] g = product(shape.rows(), shape.rank(), shape.outputs(), dy, false, left, false);
        double[] gd = scale(g, diagonal, preferenceOfRow);
        double[] dx = sum(product(shape.rows(), shape.inputs(), shape.outputs(), dy, false, weight, false),
            product(shape.rows(), shape.inputs(), shape.rank(), gd, false, right, true));
        double[] dLeft = product(shape.outputs(), shape.rank(), shape.rows(), dy, true, scale(projected, diagonal, preferenceOfRow), false);
        double[] dRight = product(shape.inputs(), shape.rank(), shape.rows(), x, true, gd, false);
        double[] dDiagonal = new double[shape.preferences() * shape.rank()];
        for (int i = 0; i < g.length; i++) {
            dDiagonal[preferenceOfRow[i / shape.rank()] * shape.rank() + i % shape.rank()] += g[i] * projected[i];
        }
        return new double[][] {dx, dLeft, dRight, dDiagonal};
    }

    static double[] diagonal(int k, int m, int preferences, double multiplier, double[] singular, double scale, double[] lambda) {
        double[] d = new double[preferences * (k + m)];
        Arrays.setAll(d, i -> {
            int column = i % (k + m);
            return multiplier * (column < k ? singular[column] : scale * lambda[i / (k + m) * m + column - k]);
        });
        return d;
    }
}
