package dev.panacea.kernels.logprob;

/** Log-probabilities and their gradients in float64, row by row, with all logits. */
final class LinearLogProbOracle {
    final double[] logits;
    final double[] logProb;
    final double[] derivative;
    final double[] dHead;

    /** @param slopes gradient of every log-probability, for {@link #dHead} */
    LinearLogProbOracle(LinearLogProb.Shape shape, double[] x, double[] head, int[] targets, double[] slopes) {
        int columns = shape.columns();
        int vocabulary = shape.vocabulary();
        logits = new double[shape.rows() * vocabulary];
        logProb = new double[shape.rows()];
        derivative = new double[shape.rows() * columns];
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
                double slope = (v == targets[row] ? 1 : 0) - Math.exp(logits[row * vocabulary + v]) / sum;
                for (int c = 0; c < columns; c++) {
                    derivative[row * columns + c] += slope * head[v * columns + c];
                    dHead[v * columns + c] += slopes[row] * slope * x[row * columns + c];
                }
            }
        }
    }
}
