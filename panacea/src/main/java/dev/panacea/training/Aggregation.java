package dev.panacea.training;

import dev.panacea.preference.Scalarization;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How the losses of a batch's items become the one number that a step minimises. Items with one preference λ form a group;
 * a group's dimension losses {@code L_i = Σ loss / Σ weight} are scalarised under its λ; groups count by their size.
 */
final class Aggregation {

    private record Group(double[] lambda, List<Integer> items, double[] weightSum) { }

    private final Scalarization scalarization;
    private final List<Group> groups = new ArrayList<>();
    private final int items;
    private final int dimensions;

    /**
     * @param lambda preference of each item, (items, m)
     * @param weight of each item in each dimension's mean, (items, m)
     */
    Aggregation(Scalarization scalarization, double[][] lambda, double[][] weight) {
        this.scalarization = scalarization;
        items = lambda.length;
        dimensions = lambda[0].length;
        Map<List<Double>, Group> byLambda = new LinkedHashMap<>();
        for (int item = 0; item < items; item++) {
            double[] own = lambda[item];
            Group group = byLambda.computeIfAbsent(Arrays.stream(own).boxed().toList(),
                key -> new Group(own, new ArrayList<>(), new double[dimensions]));
            group.items.add(item);
            for (int i = 0; i < dimensions; i++) {
                group.weightSum[i] += weight[item][i];
            }
        }
        groups.addAll(byLambda.values());
    }

    boolean needsLosses() {
        return scalarization.needsLosses();
    }

    /**
     * ∂value/∂loss of every item and dimension, (items, m).
     *
     * @param loss (items, m); not read unless {@link #needsLosses}
     */
    double[][] gradient(double[][] loss) {
        double[][] gradient = new double[items][dimensions];
        for (Group group : groups) {
            double[] weights = scalarization.weights(group.lambda, needsLosses() ? means(group, loss) : new double[dimensions]);
            for (int item : group.items) {
                for (int i = 0; i < dimensions; i++) {
                    gradient[item][i] = group.weightSum[i] == 0 ? 0 : share(group) * weights[i] / group.weightSum[i];
                }
            }
        }
        return gradient;
    }

    /** The number a step minimises. */
    double value(double[][] loss) {
        return groups.stream().mapToDouble(group -> share(group) * scalarization.value(group.lambda, means(group, loss))).sum();
    }

    /** The dimension that the largest group's gradient works on most. */
    int active(double[][] loss) {
        Group largest = groups.stream().reduce((a, b) -> b.items.size() > a.items.size() ? b : a).orElseThrow();
        return scalarization.active(largest.lambda, means(largest, loss));
    }

    private double share(Group group) {
        return (double) group.items.size() / items;
    }

    private double[] means(Group group, double[][] loss) {
        double[] means = new double[dimensions];
        for (int item : group.items) {
            for (int i = 0; i < dimensions; i++) {
                means[i] += loss[item][i];
            }
        }
        for (int i = 0; i < dimensions; i++) {
            means[i] = group.weightSum[i] == 0 ? 0 : means[i] / group.weightSum[i];
        }
        return means;
    }
}
