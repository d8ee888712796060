package dev.panacea.preference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.runtime.BadInputException;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ScalarizationTest {

    private final SplittableRandom random = new SplittableRandom(17);

    @Test
    void weightsAreTheDerivativesOfTheValue() {
        Scalarization[] all = {new Linear(), new Tchebycheff(), new Tchebycheff(new IdealPoint(-0.5, -0.25, 0.1, 0)),
            new SmoothTchebycheff(0.3), new SmoothTchebycheff(0.05, new IdealPoint(-1, 0, 0, 0.1))};
        double h = 1e-6;
        for (Scalarization scalarization : all) {
            for (int trial = 0; trial < 20; trial++) {
                double[] preference = preference(4);
                double[] losses = losses(4);
                double[] weights = scalarization.weights(preference, losses);
                for (int i = 0; i < 4; i++) {
                    double slope = (scalarization.value(preference, with(losses, i, losses[i] + h))
                        - scalarization.value(preference, with(losses, i, losses[i] - h))) / (2 * h);
                    assertEquals(slope, weights[i], 1e-8, scalarization + " dimension " + i);
                }
            }
        }
    }

    @Test
    void tchebycheffIsTheWorstWeightedLoss() {
        double[] preference = {0.2, 0.5, 0.3};
        double[] losses = {4, 1, 2};
        Tchebycheff tchebycheff = new Tchebycheff();
        assertEquals(0.8, tchebycheff.value(preference, losses), 1e-15);
        assertArrayEquals(new double[] {0.2, 0, 0}, tchebycheff.weights(preference, losses));
        assertEquals(0, tchebycheff.active(preference, losses));
        assertEquals(1, new Linear().active(preference, losses));
        assertTrue(tchebycheff.needsLosses());
        assertFalse(new Linear().needsLosses());
    }

    @Test
    void smoothTchebycheffSharpensToTchebycheff() {
        for (int trial = 0; trial < 20; trial++) {
            double[] preference = preference(5);
            double[] losses = losses(5);
            double sharp = new Tchebycheff().value(preference, losses);
            for (double smoothing : new double[] {1, 1e-2, 1e-5}) {
                double smooth = new SmoothTchebycheff(smoothing).value(preference, losses);
                assertTrue(smooth >= sharp - 1e-14 && smooth <= sharp + smoothing * Math.log(5) + 1e-14, "μ = " + smoothing);
            }
            assertArrayEquals(new Tchebycheff().weights(preference, losses),
                new SmoothTchebycheff(1e-7).weights(preference, losses), 1e-9);
        }
    }

    @Test
    void aDimensionNobodyAskedForNeverWins() {
        double[] vertex = {0, 1};
        assertEquals(1, new Tchebycheff().active(vertex, new double[] {5, 0}));
        assertArrayEquals(new double[] {0, 1}, new Tchebycheff().weights(vertex, new double[] {5, 0}));
    }

    @Test
    void refusesAnIdealPointAboveALoss() {
        Tchebycheff tooHigh = new Tchebycheff(new IdealPoint(0.7, 0));
        BadInputException refused = assertThrows(BadInputException.class,
            () -> tooHigh.weights(new double[] {1, 0}, new double[] {0.65, 0.5}));
        assertTrue(refused.getMessage().contains("0.7") && refused.getMessage().contains("0.65"), refused.getMessage());
        assertThrows(BadInputException.class,
            () -> new SmoothTchebycheff(1, new IdealPoint(0, 0, 0)).value(new double[] {1, 0}, new double[] {1, 1}));
        assertThrows(BadInputException.class, () -> new IdealPoint(Double.NaN));
        assertThrows(BadInputException.class, () -> new SmoothTchebycheff(0));
    }

    @Test
    void aDivergedLossIsNeverHidden() {
        double[] losses = {1, Double.NaN};
        double[] half = {0.5, 0.5};
        assertTrue(Double.isNaN(new Linear().value(half, losses)));
        assertTrue(Double.isNaN(new Tchebycheff().value(half, losses)));
        assertTrue(Double.isNaN(new SmoothTchebycheff(1).value(half, losses)));
    }

    private double[] preference(int dimensions) {
        double[] draws = random.doubles(dimensions, 0.1, 1).toArray();
        double sum = Arrays.stream(draws).sum();
        return Arrays.stream(draws).map(draw -> draw / sum).toArray();
    }

    private double[] losses(int dimensions) {
        return random.doubles(dimensions, 0.2, 3).toArray();
    }

    private static double[] with(double[] values, int i, double value) {
        double[] changed = values.clone();
        changed[i] = value;
        return changed;
    }
}
