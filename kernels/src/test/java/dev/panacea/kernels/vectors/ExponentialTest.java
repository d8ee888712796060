package dev.panacea.kernels.vectors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.Test;

class ExponentialTest {

    private static float exp(float x) {
        return Exponential.exp(FloatVector.broadcast(FloatVector.SPECIES_PREFERRED, x)).lane(0);
    }

    @Test
    void isWithinTwoUnitsInTheLastPlace() {
        Random random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            float x = -87.3f + 175.3f * random.nextFloat();
            double exact = Math.exp(x);
            assertTrue(Math.abs(exp(x) - exact) <= 2 * Math.ulp((float) exact), "at " + x);
        }
    }

    @Test
    void isExactAtZeroAndZeroFarBelow() {
        assertEquals(1f, exp(0));
        assertEquals(0f, exp(-88));
        assertEquals(0f, exp(-3e38f));
        assertEquals(0f, exp(Float.NEGATIVE_INFINITY));
        assertTrue(Float.isNaN(exp(Float.NaN)));
    }
}
