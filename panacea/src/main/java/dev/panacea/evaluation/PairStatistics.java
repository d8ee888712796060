package dev.panacea.evaluation;

import dev.panacea.objective.DpoObjective;
import dev.panacea.preference.Preference;

/** Means over judged pairs, in float64: the DPO loss, the margin {@code β·label·Δ}, and how often the margin is positive. */
final class PairStatistics {
    private final double[] loss;
    private final double[] margin;
    private final double[] right;
    private final long[] judged;

    PairStatistics(int dimensions) {
        loss = new double[dimensions];
        margin = new double[dimensions];
        right = new double[dimensions];
        judged = new long[dimensions];
    }

    /** @param logRatios {@code log π - log π_ref} of both responses of each item, [2·items] */
    void add(DpoObjective objective, int[] items, float[] logRatios) {
        for (int row = 0; row < items.length; row++) {
            double difference = (double) logRatios[2 * row] - logRatios[2 * row + 1];
            for (int i = 0; i < judged.length; i++) {
                double label = objective.label(items[row], i);
                if (label != 0) {
                    add(i, objective.beta() * label * difference);
                }
            }
        }
    }

    private void add(int dimension, double pairMargin) {
        judged[dimension]++;
        margin[dimension] += pairMargin;
        // -log sigmoid(z) without overflow for either sign
        loss[dimension] += Math.log1p(Math.exp(-Math.abs(pairMargin))) + Math.max(-pairMargin, 0);
        right[dimension] += pairMargin > 0 ? 1 : 0;
    }

    /** NaN in a dimension that judges none of the pairs. */
    FrontPoint point(Preference preference) {
        return new FrontPoint(preference, mean(loss), mean(margin), mean(right));
    }

    private double[] mean(double[] sums) {
        double[] means = new double[sums.length];
        for (int i = 0; i < sums.length; i++) {
            means[i] = judged[i] == 0 ? Double.NaN : sums[i] / judged[i];
        }
        return means;
    }
}
