package dev.panacea.autograd;

import dev.panacea.kernels.PackedSequences;
import java.util.Arrays;

/** The formulas of the operations in float64, loop by loop; arrays are row-major, as on the tape. */
final class Reference {
    private Reference() { }

    static double[] add(double[] a, double[] b) {
        double[] y = a.clone();
        Arrays.setAll(y, i -> a[i] + b[i]);
        return y;
    }

    static double[] gated(double[] gate, double[] up) {
        double[] y = gate.clone();
        Arrays.setAll(y, i -> gate[i] / (1 + Math.exp(-gate[i])) * up[i]);
        return y;
    }

    static double[] norm(double epsilon, double[] x, double[] weight) {
        int columns = weight.length;
        double[] y = x.clone();
        for (int row = 0; row < x.length / columns; row++) {
            double squares = 0;
            for (int c = 0; c < columns; c++) {
                squares += x[row * columns + c] * x[row * columns + c];
            }
            double inverse = 1 / Math.sqrt(squares / columns + epsilon);
            for (int c = 0; c < columns; c++) {
                y[row * columns + c] *= inverse * weight[c];
            }
        }
        return y;
    }

    /** x (rows, inner) · Wᵀ, W (outputs, inner). */
    static double[] linear(int inner, double[] x, double[] weight) {
        int rows = x.length / inner;
        int outputs = weight.length / inner;
        double[] y = new double[rows * outputs];
        for (int i = 0; i < y.length; i++) {
            for (int c = 0; c < inner; c++) {
                y[i] += x[i / outputs * inner + c] * weight[i % outputs * inner + c];
            }
        }
        return y;
    }

    static double[] transposed(int rows, double[] matrix) {
        int columns = matrix.length / rows;
        double[] turned = new double[matrix.length];
        Arrays.setAll(turned, i -> matrix[i % rows * columns + i / rows]);
        return turned;
    }

    /** d[p] = multiplier · [σ, s·λ_p]: (preferences, k + m). */
    static double[] diagonal(double multiplier, double[] singular, double scale, double[][] lambda) {
        int k = singular.length;
        int rank = k + lambda[0].length;
        double[] diagonal = new double[lambda.length * rank];
        Arrays.setAll(diagonal, i -> multiplier * (i % rank < k ? singular[i % rank] : scale * lambda[i / rank][i % rank - k]));
        return diagonal;
    }

    /** x·W0ᵀ + ((x·V) ⊙ d)·Uᵀ with row {@code ofRow[r]} of d for row r. */
    static double[] svdLora(int inner, double[] x, double[] weight, double[] left, double[] right, double[] diagonal, int[] ofRow) {
        int rank = right.length / inner;
        double[] hidden = linear(inner, x, transposed(inner, right));
        for (int i = 0; i < hidden.length; i++) {
            hidden[i] *= diagonal[ofRow[i / rank] * rank + i % rank];
        }
        return add(linear(inner, x, weight), linear(rank, hidden, left));
    }

    /** Rotate-half: elements i and i + D/2 of a head turn together. */
    static double[] rotary(int heads, double[] x, int[] positions, double theta) {
        int dimension = x.length / positions.length / heads;
        int half = dimension / 2;
        double[] y = new double[x.length];
        for (int head = 0; head < x.length / dimension; head++) {
            for (int i = 0; i < half; i++) {
                double angle = positions[head / heads] * Math.pow(theta, -2.0 * i / dimension);
                double a = x[head * dimension + i];
                double b = x[head * dimension + i + half];
                y[head * dimension + i] = a * Math.cos(angle) - b * Math.sin(angle);
                y[head * dimension + i + half] = b * Math.cos(angle) + a * Math.sin(angle);
            }
        }
        return y;
    }

    /** Causal softmax attention with scale 1/√D. */
    static double[] attention(PackedSequences sequences, int heads, int keyHeads, double[] query, double[] key, double[] value) {
        int dimension = query.length / sequences.tokens() / heads;
        double[] y = new double[query.length];
        int[] owner = sequences.sequenceOfToken();
        for (int i = 0; i < sequences.tokens() * heads; i++) {
            int token = i / heads;
            int first = sequences.start(owner[token]);
            int group = i % heads / (heads / keyHeads);
            double[] weight = new double[token - first + 1];
            for (int t = 0; t < weight.length; t++) {
                for (int c = 0; c < dimension; c++) {
                    weight[t] += query[i * dimension + c] * key[((first + t) * keyHeads + group) * dimension + c] / Math.sqrt(dimension);
                }
            }
            double normaliser = logSumExp(weight);
            for (int t = 0; t < weight.length; t++) {
                for (int c = 0; c < dimension; c++) {
                    y[i * dimension + c] += Math.exp(weight[t] - normaliser) * value[((first + t) * keyHeads + group) * dimension + c];
                }
            }
        }
        return y;
    }

    /** Log-softmax of x·Wᵀ at a target a row; 0 for rows whose target is negative. */
    static double[] logProb(int columns, double[] x, double[] head, int[] targets) {
        double[] logits = linear(columns, x, head);
        int vocabulary = head.length / columns;
        double[] y = new double[targets.length];
        for (int row = 0; row < y.length; row++) {
            double[] own = Arrays.copyOfRange(logits, row * vocabulary, (row + 1) * vocabulary);
            y[row] = targets[row] < 0 ? 0 : own[targets[row]] - logSumExp(own);
        }
        return y;
    }

    static double[] embedding(int columns, double[] table, int[] ids) {
        double[] y = new double[ids.length * columns];
        Arrays.setAll(y, i -> table[ids[i / columns] * columns + i % columns]);
        return y;
    }

    static double[] sequenceSum(PackedSequences sequences, double[] x, float[] minus) {
        double[] y = new double[sequences.count()];
        int[] owner = sequences.sequenceOfToken();
        for (int token = 0; token < x.length; token++) {
            y[owner[token]] += x[token] - minus[token];
        }
        return y;
    }

    /** -log sigmoid(β · label · Δ), 0 where the label is. */
    static double[] pairLoss(double beta, double[] logRatio, float[] label) {
        int dimensions = label.length * 2 / logRatio.length;
        double[] y = new double[label.length];
        for (int i = 0; i < y.length; i++) {
            double margin = logRatio[i / dimensions * 2] - logRatio[i / dimensions * 2 + 1];
            y[i] = label[i] == 0 ? 0 : Math.log1p(Math.exp(-beta * label[i] * margin));
        }
        return y;
    }

    static double[] demonstrationLoss(int dimensions, double[] logProb, int[] own) {
        double[] y = new double[logProb.length * dimensions];
        for (int s = 0; s < logProb.length; s++) {
            y[s * dimensions + own[s]] = -logProb[s];
        }
        return y;
    }

    private static double logSumExp(double[] values) {
        double largest = Arrays.stream(values).max().orElseThrow();
        return largest + Math.log(Arrays.stream(values).map(value -> Math.exp(value - largest)).sum());
    }
}
