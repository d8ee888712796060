package dev.panacea.evaluation;

import dev.panacea.preference.Preference;
import dev.panacea.runtime.BadInputException;
import java.util.Arrays;

/**
 * What one preference gives, measured for each of m dimensions.
 *
 * @param loss mean loss L_i, finite
 * @param margin mean preference margin β Δ_i; empty where the objective has no pairs
 * @param accuracy share of pairs whose winner is preferred, in [0, 1]; empty where the objective has no pairs
 */
public record FrontPoint(Preference preference, double[] loss, double[] margin, double[] accuracy) {

    public FrontPoint {
        loss = checked("loss", loss, preference.dimensions());
        margin = checked("margin", margin, margin.length == 0 ? 0 : preference.dimensions());
        accuracy = checked("accuracy", accuracy, accuracy.length == 0 ? 0 : preference.dimensions());
    }

    @Override
    public double[] loss() {
        return loss.clone();
    }

    @Override
    public double[] margin() {
        return margin.clone();
    }

    @Override
    public double[] accuracy() {
        return accuracy.clone();
    }

    /** The objective vector J = −L (m), larger is better. */
    double[] objectives() {
        return Arrays.stream(loss).map(value -> -value).toArray();
    }

    private static double[] checked(String what, double[] values, int dimensions) {
        if (values.length != dimensions || !Arrays.stream(values).allMatch(Double::isFinite)) {
            throw new BadInputException("a front point has the " + what + " " + Arrays.toString(values)
                + "; it needs one finite number for each of its " + dimensions + " dimensions");
        }
        return values.clone();
    }
}
