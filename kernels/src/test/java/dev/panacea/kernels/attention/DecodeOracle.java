package dev.panacea.kernels.attention;

import dev.panacea.kernels.attention.Attention.Shape;
import java.util.function.DoubleUnaryOperator;

/**
 * One decoding step by the textbook: scores, their softmax, the sum of values, each kept as {@code rounding} leaves it.
 *
 * @param rounding the identity for float64; that of a dtype for what plain operations in it would make
 */
record DecodeOracle(Shape shape, int capacity, int[] lengths, DoubleUnaryOperator rounding) {

    double[] run(float[] query, float[] keys, float[] values) {
        double[] output = new double[query.length];
        for (int row = 0; row < lengths.length * shape.queryHeads(); row++) {
            int sequence = row / shape.queryHeads();
            int head = row % shape.queryHeads() / shape.group();
            int begin = shape.window() > 0 ? Math.max(0, lengths[sequence] - shape.window()) : 0;
            double[] weights = new double[lengths[sequence] - begin];
            for (int j = 0; j < weights.length; j++) {
                weights[j] = score(query, row, keys, at(sequence, begin + j, head));
            }
            softmax(weights);
            for (int i = 0; i < shape.headDimension(); i++) {
                double sum = 0;
                for (int j = 0; j < weights.length; j++) {
                    sum += weights[j] * values[at(sequence, begin + j, head) + i];
                }
                output[row * shape.headDimension() + i] = rounding.applyAsDouble(sum);
            }
        }
        return output;
    }

    private int at(int sequence, int position, int head) {
        return ((sequence * capacity + position) * shape.keyValueHeads() + head) * shape.headDimension();
    }

    private double score(float[] query, int row, float[] keys, int key) {
        double score = 0;
        for (int i = 0; i < shape.headDimension(); i++) {
            score += (double) query[row * shape.headDimension() + i] * keys[key + i];
        }
        return rounding.applyAsDouble(shape.scale() * rounding.applyAsDouble(score));
    }

    private void softmax(double[] scores) {
        double most = Double.NEGATIVE_INFINITY;
        for (double score : scores) {
            most = Math.max(most, score);
        }
        double sum = 0;
        for (int j = 0; j < scores.length; j++) {
            scores[j] = Math.exp(scores[j] - most);
            sum += scores[j];
        }
        for (int j = 0; j < scores.length; j++) {
            scores[j] = rounding.applyAsDouble(scores[j] / sum);
        }
    }
}
