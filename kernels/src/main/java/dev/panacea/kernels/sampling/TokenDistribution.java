package dev.panacea.kernels.sampling;

import java.util.Arrays;

/**
 * Softmax of one row of logits over a temperature, without its denominator: the most likely token weighs 1. Weights are worked
 * out when asked for, as a draw from the top looks at few of them.
 */
record TokenDistribution(LogitRow logits, double largest, double temperature) {

    // most likely tokens looked at first for top-p; grows until they reach it, so that a large vocabulary is rarely sorted
    private static final int FIRST_LOOK = 64;
    private static final int LOOK_GROWTH = 8;

    /** The token at the share {@code uniform} of the mass that top-k and then top-p leave. */
    int draw(int topK, float topP, double uniform) {
        int kept = topK == 0 ? logits.vocabulary() : Math.min(topK, logits.vocabulary());
        if (kept < logits.vocabulary()) {
            int[] ids = logits.ranked(kept);
            return drawFrom(prefix(ids, topP * mass(ids)), uniform);
        }
        return topP < 1 ? drawFrom(nucleus(topP), uniform) : drawAny(uniform);
    }

    private double weight(int id) {
        return Math.exp((logits.at(id) - largest) / temperature);
    }

    private double mass(int[] ids) {
        double sum = 0;
        for (int id : ids) {
            sum += weight(id);
        }
        return sum;
    }

    /** The fewest most likely tokens that reach {@code topP} of all mass. */
    private int[] nucleus(float topP) {
        double target = topP * mass();
        int vocabulary = logits.vocabulary();
        for (int look = FIRST_LOOK; look < vocabulary; look *= LOOK_GROWTH) {
            int[] ids = logits.ranked(look);
            if (mass(ids) >= target) {
                return prefix(ids, target);
            }
        }
        return prefix(logits.ranked(vocabulary), target);
    }

    private double mass() {
        double sum = 0;
        for (int id = 0; id < logits.vocabulary(); id++) {
            sum += weight(id);
        }
        return sum;
    }

    /** The first of {@code ids} whose mass reaches {@code target}; all of them when rounding keeps it out of reach. */
    private int[] prefix(int[] ids, double target) {
        double sum = 0;
        for (int i = 0; i < ids.length; i++) {
            sum += weight(ids[i]);
            if (sum >= target) {
                return Arrays.copyOf(ids, i + 1);
            }
        }
        return ids;
    }

    private int drawFrom(int[] ids, double uniform) {
        double target = uniform * mass(ids);
        double sum = 0;
        for (int id : ids) {
            sum += weight(id);
            if (sum > target) {
                return id;
            }
        }
        return ids[ids.length - 1];
    }

    /** A draw from the whole vocabulary, in the order of ids, which needs no sorting. */
    private int drawAny(double uniform) {
        double[] cumulative = new double[logits.vocabulary()];
        double sum = 0;
        for (int id = 0; id < cumulative.length; id++) {
            sum += weight(id);
            cumulative[id] = sum;
        }
        // rounding may put the target on the whole mass: the last token that adds to it is then the one
        double target = Math.min(uniform * sum, Math.nextDown(sum));
        int id = 0;
        while (cumulative[id] <= target) {
            id++;
        }
        return id;
    }
}
