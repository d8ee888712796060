package dev.panacea.evaluation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.panacea.preference.Preference;
import dev.panacea.preference.PreferenceGrid;
import dev.panacea.runtime.BadInputException;
import java.util.List;
import org.junit.jupiter.api.Test;

class RankCorrelationTest {

    @Test
    void orderAloneCounts() {
        double[] a = {1, 2, 3, 4};
        assertEquals(1, RankCorrelation.kendall(a, new double[] {-9, 0, 0.1, 700}));
        assertEquals(-1, RankCorrelation.spearman(a, new double[] {8, 4, 2, 1}), 1e-15);
        assertEquals(4.0 / 6, RankCorrelation.kendall(a, new double[] {1, 3, 2, 4}), 1e-15);
        assertEquals(0.8, RankCorrelation.spearman(a, new double[] {1, 3, 2, 4}), 1e-15);
    }

    @Test
    void tiesAreCorrectedFor() {
        // Pairs: 4 concordant, 0 discordant, 1 tied in a alone, 1 tied in b alone: 4 / √(5 · 5).
        double[] a = {1, 1, 2, 3};
        double[] b = {1, 2, 3, 3};
        assertEquals(0.8, RankCorrelation.kendall(a, b), 1e-15);
        // Ranks 1.5 1.5 3 4 and 1 2 3.5 3.5: covariance 4, variances 4.5.
        assertEquals(4 / 4.5, RankCorrelation.spearman(a, b), 1e-15);
    }

    @Test
    void nothingFollowsAConstant() {
        assertEquals(0, RankCorrelation.kendall(new double[] {1, 2, 3}, new double[] {7, 7, 7}));
        assertEquals(0, RankCorrelation.spearman(new double[] {7, 7, 7}, new double[] {1, 2, 3}));
    }

    @Test
    void eachDimensionAgainstItsOwnWeight() {
        List<Preference> grid = PreferenceGrid.lattice(2, 10);
        double[][] obeys = grid.stream().map(p -> new double[] {p.weight(0), -p.weight(1)}).toArray(double[][]::new);
        assertArrayEquals(new double[] {1, -1}, RankCorrelation.kendallByDimension(grid, obeys), 1e-15);
        assertArrayEquals(new double[] {1, -1}, RankCorrelation.spearmanByDimension(grid, obeys), 1e-15);
    }

    @Test
    void refusesTooFewAndNotANumber() {
        assertThrows(BadInputException.class, () -> RankCorrelation.kendall(new double[] {1}, new double[] {1}));
        assertThrows(IllegalArgumentException.class, () -> RankCorrelation.kendall(new double[] {1, 2}, new double[] {1, Double.NaN}));
    }
}
