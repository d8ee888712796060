package dev.panacea.evaluation;

import dev.panacea.preference.Preference;
import java.util.Arrays;
import java.util.List;

/**
 * How N evaluated solutions lie in objective space (N × m, larger is better). Sparsity and spacing are small for a collapsed
 * front too: report them beside the hypervolume and the span.
 */
public final class FrontShape {

    private FrontShape() {
    }

    /** Mean of ⟨λ^j, ξ^j⟩ over the solutions, ↑: the scalarized objective that each preference gets. */
    public static double innerProduct(List<Preference> preferences, double[][] vectors) {
        int dimensions = ObjectiveVectors.dimensions(vectors, 1, "inner product");
        if (preferences.size() != vectors.length) {
            throw new IllegalArgumentException(preferences.size() + " preferences for " + vectors.length + " solutions");
        }
        double sum = 0;
        for (int j = 0; j < vectors.length; j++) {
            for (int i = 0; i < dimensions; i++) {
                sum += preferences.get(j).weight(i) * vectors[j][i];
            }
        }
        return sum / vectors.length;
    }

    /**
     * 1/(m(N−1)) Σ_i Σ_j (ξ_i^(j) − ξ_i^(j+1))² with each objective sorted by itself, ↓. On a front of two objectives this is the
     * mean squared step from neighbour to neighbour; for more, where a front has no order, it is still defined.
     */
    public static double sparsity(double[][] vectors) {
        int dimensions = ObjectiveVectors.dimensions(vectors, 2, "sparsity");
        double sum = 0;
        for (int i = 0; i < dimensions; i++) {
            double[] sorted = sortedColumn(vectors, i);
            for (int j = 1; j < sorted.length; j++) {
                double step = sorted[j] - sorted[j - 1];
                sum += step * step;
            }
        }
        return sum / (dimensions * (vectors.length - 1.0));
    }

    /** sqrt(1/N Σ (d_j − mean d)²) with d_j the Euclidean distance from solution j to its nearest neighbour, ↓. */
    public static double spacing(double[][] vectors) {
        ObjectiveVectors.dimensions(vectors, 2, "spacing");
        double[] nearest = new double[vectors.length];
        Arrays.setAll(nearest, j -> nearestDistance(vectors, j));
        double mean = Arrays.stream(nearest).average().orElseThrow();
        return Math.sqrt(Arrays.stream(nearest).map(d -> (d - mean) * (d - mean)).average().orElseThrow());
    }

    /** Largest minus smallest value of each objective (m numbers), ↑. */
    public static double[] span(double[][] vectors) {
        double[] span = new double[ObjectiveVectors.dimensions(vectors, 2, "span")];
        for (int i = 0; i < span.length; i++) {
            double[] sorted = sortedColumn(vectors, i);
            span[i] = sorted[sorted.length - 1] - sorted[0];
        }
        return span;
    }

    private static double[] sortedColumn(double[][] vectors, int i) {
        return Arrays.stream(vectors).mapToDouble(vector -> vector[i]).sorted().toArray();
    }

    private static double nearestDistance(double[][] vectors, int j) {
        double nearest = Double.POSITIVE_INFINITY;
        for (int k = 0; k < vectors.length; k++) {
            if (k != j) {
                nearest = Math.min(nearest, distance(vectors[j], vectors[k]));
            }
        }
        return nearest;
    }

    private static double distance(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (a[i] - b[i]) * (a[i] - b[i]);
        }
        return Math.sqrt(sum);
    }
}
