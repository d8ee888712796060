package dev.panacea.evaluation;

import java.util.Arrays;
import java.util.List;

/**
 * The point above which hypervolumes are measured. Systems are comparable only above one shared point, so it is chosen from
 * the vectors of all of them together: in each objective, below the worst by a tenth of the range.
 */
public final class ReferencePoint {

    private static final double MARGIN = 0.1;

    private ReferencePoint() {
    }

    /**
     * A point that every vector of every system exceeds in every objective. Where all vectors agree in an objective, the range
     * is taken as the size of that value, or 1 for zero, so that the front keeps some volume.
     *
     * @param systems the vectors (N × m, larger is better) of each system to be compared
     */
    public static double[] below(List<double[][]> systems) {
        double[][] all = systems.stream().flatMap(Arrays::stream).toArray(double[][]::new);
        double[] reference = new double[ObjectiveVectors.dimensions(all, 1, "a reference point")];
        for (int i = 0; i < reference.length; i++) {
            int objective = i;
            double worst = Arrays.stream(all).mapToDouble(vector -> vector[objective]).min().orElseThrow();
            double best = Arrays.stream(all).mapToDouble(vector -> vector[objective]).max().orElseThrow();
            double range = best > worst ? best - worst : worst == 0 ? 1 : Math.abs(worst);
            reference[i] = worst - MARGIN * range;
        }
        return reference;
    }
}
