package dev.panacea.kernels.attention;

import dev.panacea.kernels.PackedSequences;
import dev.panacea.kernels.attention.Attention.Shape;

/** Attention by its textbook formulas in float64, one query at a time; the backward is the analytic one. */
final class AttentionOracle {
    private final Shape shape;
    private final PackedSequences sequences;
    final double[] output;
    final double[] logSumExp;
    final double[] dQuery;
    final double[] dKey;
    final double[] dValue;

    AttentionOracle(Shape shape, PackedSequences sequences) {
        this.shape = shape;
        this.sequences = sequences;
        int queries = sequences.tokens() * shape.queryHeads();
        int keys = sequences.tokens() * shape.keyValueHeads();
        output = new double[queries * shape.headDimension()];
        logSumExp = new double[queries];
        dQuery = new double[queries * shape.headDimension()];
        dKey = new double[keys * shape.headDimension()];
        dValue = new double[keys * shape.headDimension()];
    }

    void run(double[] query, double[] key, double[] value, double[] dOutput) {
        for (int s = 0; s < sequences.count(); s++) {
            for (int position = 0; position < sequences.length(s); position++) {
                for (int head = 0; head < shape.queryHeads(); head++) {
                    row(s, position, head, query, key, value, dOutput);
                }
            }
        }
    }

    private int keyAt(int sequence, int position, int head) {
        return ((sequences.start(sequence) + position) * shape.keyValueHeads() + head / shape.group()) * shape.headDimension();
    }

    private void row(int s, int position, int head, double[] query, double[] key, double[] value, double[] dOutput) {
        int row = (sequences.start(s) + position) * shape.queryHeads() + head;
        int at = row * shape.headDimension();
        double[] p = probabilities(s, shape.causal() ? position + 1 : sequences.length(s), head, row, query, key);
        double[] dp = new double[p.length];
        double mean = 0;
        for (int j = 0; j < p.length; j++) {
            int from = keyAt(s, j, head);
            for (int i = 0; i < shape.headDimension(); i++) {
                output[at + i] += p[j] * value[from + i];
                dValue[from + i] += p[j] * dOutput[at + i];
                dp[j] += dOutput[at + i] * value[from + i];
            }
            mean += p[j] * dp[j];
        }
        for (int j = 0; j < p.length; j++) {
            double ds = shape.scale() * p[j] * (dp[j] - mean);
            int from = keyAt(s, j, head);
            for (int i = 0; i < shape.headDimension(); i++) {
                dQuery[at + i] += ds * key[from + i];
                dKey[from + i] += ds * query[at + i];
            }
        }
    }

    private double[] probabilities(int s, int keys, int head, int row, double[] query, double[] key) {
        double[] p = new double[keys];
        double most = Double.NEGATIVE_INFINITY;
        for (int j = 0; j < keys; j++) {
            int from = keyAt(s, j, head);
            for (int i = 0; i < shape.headDimension(); i++) {
                p[j] += shape.scale() * query[row * shape.headDimension() + i] * key[from + i];
            }
            most = Math.max(most, p[j]);
        }
        double sum = 0;
        for (int j = 0; j < keys; j++) {
            p[j] = Math.exp(p[j] - most);
            sum += p[j];
        }
        for (int j = 0; j < keys; j++) {
            p[j] /= sum;
        }
        logSumExp[row] = most + Math.log(sum);
        return p;
    }
}
