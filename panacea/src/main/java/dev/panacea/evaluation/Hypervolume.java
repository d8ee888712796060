package dev.panacea.evaluation;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;

/**
 * The volume between a reference point and the surface of a set of objective vectors (larger is better), ↑. A vector that does
 * not exceed the reference everywhere adds nothing. Exact up to {@value #EXACT_DIMENSIONS} objectives; beyond, where the exact
 * cost explodes, see {@link HypervolumeEstimate}.
 */
public final class Hypervolume {

    /** The most objectives that are computed exactly. */
    public static final int EXACT_DIMENSIONS = 6;

    private Hypervolume() {
    }

    /** The exact hypervolume of N × m vectors above {@code reference} (m), in the product of the objectives' units. */
    public static double exact(double[][] vectors, double[] reference) {
        double[][] gains = gains(vectors, reference);
        int dimensions = reference.length;
        if (dimensions > EXACT_DIMENSIONS) {
            throw new IllegalArgumentException("an exact hypervolume of " + dimensions + " objectives is out of reach; estimate it");
        }
        return volume(gains, dimensions);
    }

    /** The vectors above the reference, measured from it. */
    static double[][] gains(double[][] vectors, double[] reference) {
        if (ObjectiveVectors.dimensions(vectors, 1, "hypervolume") != reference.length) {
            throw new IllegalArgumentException("hypervolume of vectors of " + vectors[0].length + " objectives above a point of "
                + reference.length);
        }
        return Arrays.stream(vectors)
            .map(vector -> difference(vector, reference))
            .filter(gain -> Arrays.stream(gain).allMatch(value -> value > 0))
            .toArray(double[][]::new);
    }

    private static double[] difference(double[] vector, double[] reference) {
        double[] gain = new double[vector.length];
        Arrays.setAll(gain, i -> vector[i] - reference[i]);
        return gain;
    }

    /** The volume of the union of the boxes [0, gain], looking at the first {@code dimensions} sides alone. */
    private static double volume(double[][] gains, int dimensions) {
        return switch (dimensions) {
            case 1 -> Arrays.stream(gains).mapToDouble(gain -> gain[0]).max().orElse(0);
            case 2 -> area(gains);
            case 3 -> sweep(gains);
            default -> exclusiveSum(gains, dimensions);
        };
    }

    // From the widest box to the narrowest, each adds the strip above the highest so far.
    private static double area(double[][] gains) {
        double[][] widestFirst = sorted(gains, 0);
        double area = 0;
        double height = 0;
        for (double[] gain : widestFirst) {
            if (gain[1] > height) {
                area += gain[0] * (gain[1] - height);
                height = gain[1];
            }
        }
        return area;
    }

    // Sinks a plane through the third side and keeps the staircase of the first two: width → height, heights falling.
    private static double sweep(double[][] gains) {
        double[][] highestFirst = sorted(gains, 2);
        TreeMap<Double, Double> staircase = new TreeMap<>();
        double volume = 0;
        double area = 0;
        for (int i = 0; i < highestFirst.length; i++) {
            area += raise(staircase, highestFirst[i][0], highestFirst[i][1]);
            double below = i + 1 < highestFirst.length ? highestFirst[i + 1][2] : 0;
            volume += area * (highestFirst[i][2] - below);
        }
        return volume;
    }

    /** Adds the step (width, height) to the staircase, drops the steps under it, and returns the area gained. */
    private static double raise(TreeMap<Double, Double> staircase, double width, double height) {
        Map.Entry<Double, Double> wider = staircase.ceilingEntry(width);
        double floor = wider == null ? 0 : wider.getValue();
        if (floor >= height) {
            return 0;
        }
        double gained = 0;
        double right = width;
        for (var step = staircase.floorEntry(width); step != null; step = staircase.lowerEntry(right)) {
            gained += (right - step.getKey()) * (height - floor);
            right = step.getKey();
            floor = step.getValue();
            if (floor >= height) {
                staircase.put(width, height);
                return gained;
            }
            staircase.remove(right);
        }
        staircase.put(width, height);
        return gained + right * (height - floor);
    }

    // While, Bradstreet and Barone 2012: the union is the sum of what each box adds to those before it. With the last side
    // falling, those before reach higher there, so what they cover of a box is a union of one side fewer, times its last side.
    private static double exclusiveSum(double[][] gains, int dimensions) {
        double[][] highestFirst = sorted(gains, dimensions - 1);
        double volume = 0;
        for (int i = 0; i < highestFirst.length; i++) {
            double[] box = highestFirst[i];
            double covered = volume(limited(highestFirst, i, dimensions - 1), dimensions - 1);
            volume += (product(box, dimensions - 1) - covered) * box[dimensions - 1];
        }
        return volume;
    }

    /** The first {@code count} boxes cut to box {@code count}, those inside another left out. */
    private static double[][] limited(double[][] boxes, int count, int dimensions) {
        double[][] cut = new double[count][dimensions];
        for (int j = 0; j < count; j++) {
            for (int k = 0; k < dimensions; k++) {
                cut[j][k] = Math.min(boxes[j][k], boxes[count][k]);
            }
        }
        return Arrays.stream(ObjectiveVectors.nonDominated(cut)).mapToObj(j -> cut[j]).toArray(double[][]::new);
    }

    private static double[][] sorted(double[][] gains, int side) {
        double[][] sorted = gains.clone();
        Arrays.sort(sorted, Comparator.comparingDouble((double[] gain) -> gain[side]).reversed());
        return sorted;
    }

    private static double product(double[] values, int count) {
        double product = 1;
        for (int k = 0; k < count; k++) {
            product *= values[k];
        }
        return product;
    }
}
