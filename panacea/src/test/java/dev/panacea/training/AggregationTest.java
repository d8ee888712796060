package dev.panacea.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.preference.Linear;
import dev.panacea.preference.Preference;
import dev.panacea.preference.PreferenceSampler.Draw;
import dev.panacea.preference.Scalarization;
import dev.panacea.preference.SmoothTchebycheff;
import dev.panacea.preference.Tchebycheff;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AggregationTest {
    private static final int ITEMS = 7;
    private static final int DIMENSIONS = 3;
    private static final double STEP = 1e-6;

    static Stream<Scalarization> scalarizations() {
        return Stream.of(new Linear(), new Tchebycheff(), new SmoothTchebycheff(0.1));
    }

    /** Three preferences in one batch; every third loss counts nothing, and one group knows nothing of one dimension. */
    private static Aggregation aggregation(Scalarization scalarization) {
        double[][] preferences = {{0.2, 0.3, 0.5}, {1, 0, 0}, {0.4, 0.4, 0.2}};
        List<Draw> draws = new ArrayList<>();
        double[][] weight = new double[ITEMS][DIMENSIONS];
        for (int item = 0; item < ITEMS; item++) {
            draws.add(new Draw(Preference.of(preferences[item % 3]), 0.5 + item % 3));
            int own = item;
            Arrays.setAll(weight[item], i -> (own + i) % 3 == 0 || own % 3 == 2 && i == 1 ? 0 : 1 + own + i);
        }
        return new Aggregation(scalarization, draws, weight);
    }

    private static List<Draw> plain(double[][] lambda) {
        return Stream.of(lambda).map(own -> new Draw(Preference.of(own), 1)).toList();
    }

    private static double[][] losses() {
        Random random = new Random(9);
        double[][] losses = new double[ITEMS][DIMENSIONS];
        for (double[] row : losses) {
            Arrays.setAll(row, i -> 1 + random.nextDouble() * 5);
        }
        return losses;
    }

    @ParameterizedTest
    @MethodSource("scalarizations")
    void theGradientIsTheDerivativeOfTheValue(Scalarization scalarization) {
        Aggregation aggregation = aggregation(scalarization);
        double[][] losses = losses();
        double[][] gradient = aggregation.gradient(losses);
        double largest = 0;
        for (int item = 0; item < ITEMS; item++) {
            for (int i = 0; i < DIMENSIONS; i++) {
                double here = losses[item][i];
                losses[item][i] = here + STEP;
                double above = aggregation.value(losses);
                losses[item][i] = here - STEP;
                assertEquals((above - aggregation.value(losses)) / (2 * STEP), gradient[item][i], 1e-8, item + " in " + i);
                losses[item][i] = here;
                largest = Math.max(largest, gradient[item][i]);
            }
        }
        assertTrue(largest > 0.01);
    }

    @Test
    void oneGroupScalarizesTheWeightedMeans() {
        List<Draw> draws = plain(new double[][] {{0.25, 0.75}, {0.25, 0.75}});
        double[][] weight = {{2, 1}, {6, 0}};
        double[][] losses = {{4, 3}, {12, 0}};
        assertEquals(0.25 * 2 + 0.75 * 3, new Aggregation(new Linear(), draws, weight).value(losses), 1e-15);
        assertEquals(0.75 * 3, new Aggregation(new Tchebycheff(), draws, weight).value(losses), 1e-15);
        assertEquals(1, new Aggregation(new Tchebycheff(), draws, weight).active(losses));
    }

    @Test
    void groupsCountByTheirSize() {
        List<Draw> draws = plain(new double[][] {{1, 0}, {0, 1}, {0, 1}});
        double[][] weight = {{1, 1}, {1, 1}, {1, 1}};
        double[][] losses = {{3, 100}, {100, 6}, {100, 12}};
        Aggregation aggregation = new Aggregation(new Linear(), draws, weight);
        assertEquals(3 / 3.0 + 2 / 3.0 * 9, aggregation.value(losses), 1e-12);
        assertEquals(1, aggregation.active(losses), "of the larger group");
    }

    @Test
    void groupsOfOnePreferenceCountByTheirImportance() {
        Preference first = Preference.vertex(2, 0);
        List<Draw> draws = List.of(new Draw(first, 1), new Draw(first, 0.5), new Draw(first, 0.5));
        double[][] weight = {{1, 1}, {1, 0}, {1, 0}};
        double[][] losses = {{3, 100}, {6, 0}, {12, 0}};
        Aggregation aggregation = new Aggregation(new Linear(), draws, weight);
        assertEquals(3 / 3.0 + 0.5 * 2 / 3.0 * 9, aggregation.value(losses), 1e-12);
        assertArrayEquals(new double[] {1 / 6.0, 0}, aggregation.gradient(losses)[1], 1e-15);
    }

    @Test
    void onlyALinearGradientIsKnownBeforeTheLosses() {
        assertFalse(aggregation(new Linear()).needsLosses());
        assertTrue(aggregation(new Tchebycheff()).needsLosses());
        double[][] unknown = new double[ITEMS][];
        assertEquals(ITEMS, aggregation(new Linear()).gradient(unknown).length);
    }
}
