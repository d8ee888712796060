package dev.panacea.training;

import dev.panacea.preference.PreferenceSampler.Draw;
import dev.panacea.preference.Scalarization;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How the losses of a batch's items become the one number that a step minimises. Items with one preference λ form a group;
 * a group's dimension losses {@code L_i = Σ loss / Σ weight} are scalarised under its λ; groups count by their size, and by the
 * importance of their λ.
 */
final class Aggregation {

    private record Group(Draw draw, List<Integer> items, double[] weightSum) {
        double[] lambda() {
            return draw.preference().weights();
        }
    }

    private final Scalarization scalarization;
    private final List<Group> groups = new ArrayList<>();
    private final int items;
    private final int dimensions;

    /**
     * @param draws preference of each item
     * @param weight of each item in each dimension's mean, (items, m)
     */
    Aggregation(Scalarization scalarization, List<Draw> draws, double[][] weight) {
        this.scalarization = scalarization;
        items = draws.size();
        dimensions = weight[0].length;
        Map<Draw, Group> byDraw = new LinkedHashMap<>();
        for (int item = 0; item < items; item++) {
            Group group = byDraw.computeIfAbsent(draws.get(item), own -> new Group(own, new ArrayList<>(), new double[dimensions]));
            group.items.add(item);
            for (int i = 0; i < dimensions; i++) {
                group.weightSum[i] += weight[item][i];
            }
        }
        groups.addAll(byDraw.values());
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
            double[] weights = scalarization.weights(group.lambda(), needsLosses() ? means(group, loss) : new double[dimensions]);
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
        return groups.stream().mapToDouble(group -> share(group) * scalarization.value(group.lambda(), means(group, loss))).sum();
    }

    /** The dimension that the largest group's gradient works on most. */
    int active(double[][] loss) {
        Group largest = groups.stream().reduce((a, b) -> b.items.size() > a.items.size() ? b : a).orElseThrow();
        return scalarization.active(largest.lambda(), means(largest, loss));
    }

    private double share(Group group) {
        return group.draw.importance() * group.items.size() / items;
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
