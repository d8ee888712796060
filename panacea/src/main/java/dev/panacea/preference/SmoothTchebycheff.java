package dev.panacea.preference;

import dev.panacea.runtime.BadInputException;
import java.util.Arrays;

/**
 * μ · log Σ exp(λ_i (L_i − z_i) / μ): the Tchebycheff maximum rounded off over a width μ &gt; 0, in units of loss; it lies above
 * the maximum by at most μ log m.
 */
public record SmoothTchebycheff(double smoothing, IdealPoint ideal) implements Scalarization {

    public SmoothTchebycheff {
        if (!(smoothing > 0 && Double.isFinite(smoothing))) {
            throw new BadInputException("the smoothing of the smooth Tchebycheff scalarization is " + smoothing
                + "; it must be positive (for none, use the Tchebycheff scalarization)");
        }
    }

    public SmoothTchebycheff(double smoothing) {
        this(smoothing, IdealPoint.ZERO);
    }

    @Override
    public double value(double[] preference, double[] losses) {
        double[] terms = ideal.terms(preference, losses);
        double largest = Arrays.stream(terms).max().orElseThrow();
        return largest + smoothing * Math.log(Arrays.stream(exponentials(terms)).sum());
    }

    @Override
    public double[] weights(double[] preference, double[] losses) {
        double[] weights = exponentials(ideal.terms(preference, losses));
        double sum = Arrays.stream(weights).sum();
        for (int i = 0; i < weights.length; i++) {
            weights[i] *= preference[i] / sum;
        }
        return weights;
    }

    @Override
    public boolean needsLosses() {
        return true;
    }

    // exp((term − largest) / μ), so that a small μ overflows nothing.
    private double[] exponentials(double[] terms) {
        double largest = Arrays.stream(terms).max().orElseThrow();
        return Arrays.stream(terms).map(term -> Math.exp((term - largest) / smoothing)).toArray();
    }
}
