package dev.panacea.preference;

import dev.panacea.runtime.BadInputException;
import java.util.Arrays;

/**
 * The point z of the Tchebycheff scalarizations: for each dimension a bound that no loss goes below. The empty one is 0
 * everywhere, which every SFT and DPO loss respects.
 */
public record IdealPoint(double... bounds) {

    public static final IdealPoint ZERO = new IdealPoint();

    public IdealPoint {
        bounds = bounds.clone();
        if (!Arrays.stream(bounds).allMatch(Double::isFinite)) {
            throw new BadInputException("the Tchebycheff point z is " + Arrays.toString(bounds) + "; every entry must be finite");
        }
    }

    @Override
    public double[] bounds() {
        return bounds.clone();
    }

    /**
     * λ_i (L_i − z_i). A loss below its bound is a {@link BadInputException}: its term would turn negative, a dimension with
     * λ_i = 0 would become the maximum, and training would silently stop.
     */
    double[] terms(double[] preference, double[] losses) {
        if (bounds.length != 0 && bounds.length != losses.length) {
            throw new BadInputException("the Tchebycheff point z has " + bounds.length + " entries for " + losses.length
                + " dimensions; give one for each");
        }
        double[] terms = new double[losses.length];
        for (int i = 0; i < terms.length; i++) {
            double bound = bounds.length == 0 ? 0 : bounds[i];
            if (losses[i] < bound) {
                throw new BadInputException("the Tchebycheff point z has " + bound + " for dimension " + i + ", above the loss "
                    + losses[i] + "; lower it to a bound that no loss goes below, or use the linear scalarization");
            }
            terms[i] = preference[i] * (losses[i] - bound);
        }
        return terms;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof IdealPoint that && Arrays.equals(bounds, that.bounds);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bounds);
    }

    @Override
    public String toString() {
        return Arrays.toString(bounds);
    }
}
