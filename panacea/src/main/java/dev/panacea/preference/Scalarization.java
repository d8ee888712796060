package dev.panacea.preference;

/**
 * How one preference turns the losses of m dimensions into the number to be minimised. Losses are per dimension, smaller is
 * better, and the gradient of the aggregate is the sum of the dimensions' gradients by {@link #weights}.
 */
public sealed interface Scalarization permits Linear, Tchebycheff, SmoothTchebycheff {

    /** The aggregate of {@code losses} (m) under {@code preference} (m). */
    double value(double[] preference, double[] losses);

    /** ∂value/∂loss_i, m numbers; of the Tchebycheff maximum, a subgradient. */
    double[] weights(double[] preference, double[] losses);

    /** Whether {@link #weights} depends on the losses, so that a forward pass must come before the weights are known. */
    boolean needsLosses();

    /** The dimension with the greatest gradient weight, the first of equals: what this step works on most. */
    default int active(double[] preference, double[] losses) {
        double[] weights = weights(preference, losses);
        int active = 0;
        for (int i = 1; i < weights.length; i++) {
            if (weights[i] > weights[active]) {
                active = i;
            }
        }
        return active;
    }
}
