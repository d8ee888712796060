package dev.panacea.kernels.attention;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.panacea.kernels.Oracle;
import dev.panacea.kernels.PackedSequences;
import dev.panacea.kernels.attention.Attention.Shape;
import dev.panacea.runtime.DType;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;

/**
 * Attention by its textbook formulas in float64, one query at a time; the backward is the analytic one. What plain attention in a narrow
 * dtype writes to memory between its steps (scores, probabilities, their gradients, results) may be rounded on the way: the error of that
 * is the measure of a fused kernel's.
 */
final class AttentionOracle {
    private final AttentionCase inputs;
    private final Shape shape;
    private final PackedSequences sequences;
    private final DoubleUnaryOperator rounding;
    final double[] output;
    final double[] logSumExp;
    final double[] dQuery;
    final double[] dKey;
    final double[] dValue;

    private AttentionOracle(AttentionCase inputs, DoubleUnaryOperator rounding) {
        this.inputs = inputs;
        this.rounding = rounding;
        shape = inputs.shape();
        sequences = inputs.sequences();
        output = new double[inputs.query().length];
        logSumExp = new double[inputs.query().length / shape.headDimension()];
        dQuery = new double[output.length];
        dKey = new double[inputs.key().length];
        dValue = new double[inputs.key().length];
    }

    static AttentionOracle exact(AttentionCase inputs) {
        return exact(inputs, Oracle.doubles(inputs.query()), Oracle.doubles(inputs.key()), Oracle.doubles(inputs.value()));
    }

    /** The same with other queries, keys and values. */
    static AttentionOracle exact(AttentionCase inputs, double[] query, double[] key, double[] value) {
        AttentionOracle oracle = new AttentionOracle(inputs, DoubleUnaryOperator.identity());
        oracle.run(query, key, value);
        return oracle;
    }

    /** Plain attention of the inputs' own dtype: every matrix between two steps is rounded to it. */
    static AttentionOracle plain(AttentionCase inputs) {
        AttentionOracle oracle = new AttentionOracle(inputs, rounding(inputs.dtype()));
        oracle.run(Oracle.doubles(inputs.query()), Oracle.doubles(inputs.key()), Oracle.doubles(inputs.value()));
        for (double[] result : new double[][] {oracle.output, oracle.dQuery, oracle.dKey, oracle.dValue}) {
            for (int i = 0; i < result.length; i++) {
                result[i] = oracle.rounding.applyAsDouble(result[i]);
            }
        }
        return oracle;
    }

    private static DoubleUnaryOperator rounding(DType dtype) {
        return switch (dtype) {
            case F16 -> x -> Float.float16ToFloat(Float.floatToFloat16((float) x));
            case BF16 -> AttentionOracle::toBf16;
            default -> x -> (float) x;
        };
    }

    // to nearest, ties to even
    private static double toBf16(double x) {
        int bits = Float.floatToRawIntBits((float) x);
        return Float.intBitsToFloat(bits + 0x7FFF + (bits >> 16 & 1) & 0xFFFF0000);
    }

    /** Holds statistics of a kernel to these: infinite for the same queries, otherwise within {@code tolerance} of each other's norm. */
    void assertLogSumExp(float[] actual, double tolerance) {
        double[] expected = logSumExp.clone();
        double[] compared = Oracle.doubles(actual);
        for (int i = 0; i < expected.length; i++) {
            if (expected[i] == Double.POSITIVE_INFINITY) {
                assertEquals(expected[i], compared[i], "log-sum-exp of a query that sees no key");
                expected[i] = 0;
                compared[i] = 0;
            }
        }
        assertClose("log-sum-exp", expected, compared, tolerance);
    }

    /** {@link Oracle#assertClose}, for results that may all be 0 as well. */
    static void assertClose(String what, double[] expected, double[] actual, double tolerance) {
        if (Arrays.stream(expected).allMatch(x -> x == 0)) {
            assertArrayEquals(expected, actual, what);
        } else {
            Oracle.assertClose(what, expected, actual, tolerance);
        }
    }

    private void run(double[] query, double[] key, double[] value) {
        for (int s = 0; s < sequences.count(); s++) {
            for (int position = 0; position < sequences.length(s); position++) {
                for (int head = 0; head < shape.queryHeads(); head++) {
                    row(s, position, head, query, key, value);
                }
            }
        }
    }

    private boolean sees(int s, int position, int key) {
        boolean inOrder = !shape.causal() || key <= position;
        boolean near = shape.window() == 0 || Math.abs(position - key) < shape.window();
        return inOrder && near && (inputs.keyMask() == null || inputs.keyMask()[sequences.start(s) + key] != 0);
    }

    private int keyAt(int sequence, int position, int head) {
        return ((sequences.start(sequence) + position) * shape.keyValueHeads() + head / shape.group()) * shape.headDimension();
    }

    private void row(int s, int position, int head, double[] query, double[] key, double[] value) {
        float[] dOutput = inputs.dOutput();
        int row = (sequences.start(s) + position) * shape.queryHeads() + head;
        int at = row * shape.headDimension();
        double[] p = probabilities(s, position, head, row, query, key);
        double[] dp = new double[p.length];
        double mean = 0;
        for (int j = 0; j < p.length; j++) {
            int from = keyAt(s, j, head);
            double rounded = rounding.applyAsDouble(p[j]);
            for (int i = 0; i < shape.headDimension(); i++) {
                output[at + i] += rounded * value[from + i];
                dValue[from + i] += rounded * dOutput[at + i];
                dp[j] += dOutput[at + i] * value[from + i];
            }
            dp[j] = rounding.applyAsDouble(dp[j]);
            mean += p[j] * dp[j];
        }
        for (int j = 0; j < p.length; j++) {
            double ds = shape.scale() * rounding.applyAsDouble(p[j] * (dp[j] - mean));
            int from = keyAt(s, j, head);
            for (int i = 0; i < shape.headDimension(); i++) {
                dQuery[at + i] += ds * key[from + i];
                dKey[from + i] += ds * query[at + i];
            }
        }
    }

    private double[] probabilities(int s, int position, int head, int row, double[] query, double[] key) {
        double[] p = new double[sequences.length(s)];
        double most = Double.NEGATIVE_INFINITY;
        for (int j = 0; j < p.length; j++) {
            int from = keyAt(s, j, head);
            for (int i = 0; i < shape.headDimension(); i++) {
                p[j] += shape.scale() * query[row * shape.headDimension() + i] * key[from + i];
            }
            p[j] = sees(s, position, j) ? rounding.applyAsDouble(p[j]) : Double.NEGATIVE_INFINITY;
            most = Math.max(most, p[j]);
        }
        if (most == Double.NEGATIVE_INFINITY) {
            logSumExp[row] = Double.POSITIVE_INFINITY;
            return new double[p.length];
        }
        double sum = 0;
        for (int j = 0; j < p.length; j++) {
            p[j] = Math.exp(p[j] - most);
            sum += p[j];
        }
        for (int j = 0; j < p.length; j++) {
            p[j] /= sum;
        }
        logSumExp[row] = most + Math.log(sum);
        return p;
    }
}
