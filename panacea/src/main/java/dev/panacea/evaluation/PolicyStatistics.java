package dev.panacea.evaluation;

import dev.panacea.objective.DpoObjective;
import dev.panacea.objective.SftObjective;
import dev.panacea.preference.Preference;

/**
 * Means over one policy's items, in float64: each dimension's loss, and for pairs also the margin {@code β·label·Δ} and how
 * often it is positive.
 */
public final class PolicyStatistics {
    private final double[] loss;
    private final double[] margin;
    private final double[] right;
    private final double[] weight;
    private boolean pairs;

    PolicyStatistics(int dimensions) {
        loss = new double[dimensions];
        margin = new double[dimensions];
        right = new double[dimensions];
        weight = new double[dimensions];
    }

    /** @param logRatios {@code log π - log π_ref} of both responses of each item, [2·items] */
    void addPairs(DpoObjective objective, int[] items, float[] logRatios) {
        pairs = true;
        for (int row = 0; row < items.length; row++) {
            double difference = (double) logRatios[2 * row] - logRatios[2 * row + 1];
            for (int i = 0; i < weight.length; i++) {
                double label = objective.label(items[row], i);
                if (label != 0) {
                    addPair(i, objective.beta() * label * difference);
                }
            }
        }
    }

    private void addPair(int dimension, double pairMargin) {
        weight[dimension]++;
        margin[dimension] += pairMargin;
        // -log sigmoid(z) without overflow for either sign
        loss[dimension] += Math.log1p(Math.exp(-Math.abs(pairMargin))) + Math.max(-pairMargin, 0);
        right[dimension] += pairMargin > 0 ? 1 : 0;
    }

    /** @param losses (items, m) */
    void addDemonstrations(SftObjective objective, int[] items, float[] losses) {
        for (int row = 0; row < items.length; row++) {
            for (int i = 0; i < weight.length; i++) {
                loss[i] += losses[row * weight.length + i];
                weight[i] += objective.weight(items[row], i);
            }
        }
    }

    FrontPoint point(Preference preference) {
        return pairs ? new FrontPoint(preference, mean(loss), mean(margin), mean(right))
            : new FrontPoint(preference, mean(loss), new double[0], new double[0]);
    }

    // NaN, which a front point refuses, in a dimension that judges none of the items.
    private double[] mean(double[] sums) {
        double[] means = new double[sums.length];
        for (int i = 0; i < sums.length; i++) {
            means[i] = sums[i] / weight[i];
        }
        return means;
    }
}
