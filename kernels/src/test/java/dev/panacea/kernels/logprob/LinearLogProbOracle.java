package dev.panacea.kernels.logprob;

import java.util.function.DoubleUnaryOperator;

/** Log-probabilities and their gradients in float64, row by row, with all logits. */
final class LinearLogProbOracle {
    final double[] logits;
    final double[] logProb;
    final double[] derivative;
    final double[] dx;
    final double[] dHead;

    /** @param slopes gradient of every log-probability, for {@link #dx} and {@link #dHead} */
    LinearLogProbOracle(LinearLogProb.Shape shape, double[] x, double[] head, int[] targets, double[] slopes) {
        this(shape, x, head, targets, slopes, DoubleUnaryOperator.identity());
    }

    /** @param rounding of what products take beside x and the head: probabilities, and gradients of logits */
    LinearLogProbOracle(LinearLogProb.Shape shape, double[] x, double[] head, int[] targets, double[] slopes,
                        DoubleUnaryOperator rounding) {
        int columns = shape.columns();
        int vocabulary = shape.vocabulary();
        logits = new double[shape.rows() * vocabulary];
        logProb = new double[shape.rows()];
        derivative = new double[shape.rows() * columns];
        dx = new double[shape.rows() * columns];
        dHead = new double[vocabulary * columns];
        for (int row = 0; row < shape.rows(); row++) {
            double sum = 0;
            for (int v = 0; v < vocabulary; v++) {
                for (int c = 0; c < columns; c++) {
                    logits[row * vocabulary + v] += x[row * columns + c] * head[v * columns + c];
                }
                sum += Math.exp(logits[row * vocabulary + v]);
            }
            if (targets[row] == LinearLogProb.IGNORED) {
                continue;
            }
            logProb[row] = logits[row * vocabulary + targets[row]] - Math.log(sum);
            for (int v = 0; v < vocabulary; v++) {
                double onehot = v == targets[row] ? 1 : 0;
                double p = Math.exp(logits[row * vocabulary + v]) / sum;
                double slope = onehot - rounding.applyAsDouble(p);
                double dLogit = rounding.applyAsDouble(slopes[row] * (onehot - p));
                for (int c = 0; c < columns; c++) {
                    derivative[row * columns + c] += slope * head[v * columns + c];
                    dx[row * columns + c] += dLogit * head[v * columns + c];
                    dHead[v * columns + c] += dLogit * x[row * columns + c];
                }
            }
        }
    }
}
