package dev.panacea.preference;

import dev.panacea.runtime.BadInputException;
import java.util.ArrayList;
import java.util.List;

/**
 * Evenly spread preferences for evaluation: the lattice of Das and Dennis 1998, every λ whose entries are multiples of
 * 1/divisions, in lexicographic order.
 */
public final class PreferenceGrid {

    /** More points than anyone evaluates; a larger grid is a slip of the configuration. */
    public static final long LARGEST = 1_000_000;

    private PreferenceGrid() {
    }

    /** The lattice with steps of 1/{@code divisions}; for two dimensions and 10 divisions these are the usual 11 points. */
    public static List<Preference> lattice(int dimensions, int divisions) {
        if (dimensions < 1 || divisions < 1) {
            throw new BadInputException("a preference grid needs at least one dimension and one division, not "
                + dimensions + " and " + divisions);
        }
        if (size(dimensions, divisions) > LARGEST) {
            throw new BadInputException("a preference grid of " + dimensions + " dimensions with " + divisions
                + " divisions has more than " + LARGEST + " points; use fewer divisions");
        }
        List<Preference> grid = new ArrayList<>();
        fill(new int[dimensions], 0, divisions, divisions, grid);
        return List.copyOf(grid);
    }

    /** The finest lattice of at most {@code points} points; fewer than one for each dimension is a {@link BadInputException}. */
    public static List<Preference> ofAtMost(int points, int dimensions) {
        if (points < dimensions || points > LARGEST) {
            throw new BadInputException("a preference grid of " + dimensions + " dimensions cannot have at most " + points
                + " points; give a size from " + dimensions + ", one for each vertex, to " + LARGEST);
        }
        int divisions = 1;
        while (dimensions > 1 && size(dimensions, divisions + 1) <= points) {
            divisions++;
        }
        return lattice(dimensions, divisions);
    }

    /** The number of lattice points, C(divisions + dimensions − 1, dimensions − 1), or {@link Long#MAX_VALUE} beyond the largest grid. */
    private static long size(int dimensions, int divisions) {
        long size = 1;
        for (int i = 1; i < dimensions; i++) {
            size = size * (divisions + i) / i; // exact: each partial product is itself a binomial coefficient
            if (size > LARGEST) {
                return Long.MAX_VALUE;
            }
        }
        return size;
    }

    private static void fill(int[] counts, int dimension, int left, int divisions, List<Preference> grid) {
        if (dimension == counts.length - 1) {
            counts[dimension] = left;
            grid.add(preference(counts, divisions));
            return;
        }
        for (int count = 0; count <= left; count++) {
            counts[dimension] = count;
            fill(counts, dimension + 1, left - count, divisions, grid);
        }
    }

    private static Preference preference(int[] counts, int divisions) {
        double[] weights = new double[counts.length];
        for (int i = 0; i < counts.length; i++) {
            weights[i] = (double) counts[i] / divisions;
        }
        return Preference.of(weights);
    }
}
