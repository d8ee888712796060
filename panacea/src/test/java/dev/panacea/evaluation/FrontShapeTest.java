package dev.panacea.evaluation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.preference.Preference;
import dev.panacea.runtime.BadInputException;
import java.util.List;
import org.junit.jupiter.api.Test;

class FrontShapeTest {

    private static final double[][] UNEVEN = {{3, 0}, {0, 4}, {2, 1}};

    @Test
    void innerProductByHand() {
        List<Preference> preferences = List.of(Preference.vertex(2, 0), Preference.vertex(2, 1), Preference.centre(2));
        assertEquals((3 + 4 + 1.5) / 3, FrontShape.innerProduct(preferences, UNEVEN), 1e-15);
    }

    @Test
    void sparsityIsTheMeanSquaredStepBetweenNeighbours() {
        // Steps (0,4) → (2,1) → (3,0): 4 + 9 and 1 + 1, over 2 objectives and 2 steps.
        assertEquals(15.0 / 4, FrontShape.sparsity(UNEVEN), 1e-15);
    }

    @Test
    void spacingIsTheSpreadOfNearestDistances() {
        // Nearest: √2, √13, √2.
        double mean = (2 * Math.sqrt(2) + Math.sqrt(13)) / 3;
        double expected = Math.sqrt((2 * Math.pow(Math.sqrt(2) - mean, 2) + Math.pow(Math.sqrt(13) - mean, 2)) / 3);
        assertEquals(expected, FrontShape.spacing(UNEVEN), 1e-15);
        assertEquals(0, FrontShape.spacing(new double[][] {{0, 2}, {1, 1}, {2, 0}}));
    }

    @Test
    void spanIsTheRangeOfEachObjective() {
        assertArrayEquals(new double[] {3, 4}, FrontShape.span(UNEVEN));
    }

    @Test
    void oneSolutionHasNoShape() {
        double[][] one = {{1, 2}};
        BadInputException refused = assertThrows(BadInputException.class, () -> FrontShape.sparsity(one));
        assertTrue(refused.getMessage().contains("at least 2 solutions, not 1"), refused.getMessage());
        assertThrows(BadInputException.class, () -> FrontShape.spacing(one));
        assertThrows(BadInputException.class, () -> FrontShape.span(one));
        assertThrows(BadInputException.class, () -> RankCorrelation.kendallByDimension(List.of(Preference.centre(2)), one));
    }

    @Test
    void theReferencePointLiesBelowEverySystem() {
        double[] reference = ReferencePoint.below(List.of(UNEVEN, new double[][] {{-1, 4}}));
        assertArrayEquals(new double[] {-1.4, -0.4}, reference, 1e-15);
        double[] flat = ReferencePoint.below(List.<double[][]>of(new double[][] {{-2, 0}}));
        assertArrayEquals(new double[] {-2.2, -0.1}, flat, 1e-15);
    }
}
