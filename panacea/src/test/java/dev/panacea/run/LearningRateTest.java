package dev.panacea.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.run.LearningRate.Schedule;
import dev.panacea.runtime.BadInputException;
import org.junit.jupiter.api.Test;

class LearningRateTest {

    @Test
    void risesThenFollowsHalfACosine() {
        LearningRate rate = new LearningRate(Schedule.COSINE, 2e-3, 1000, 0.03);
        assertEquals(2e-3 / 30, rate.at(0), 1e-18);
        assertEquals(1e-3, rate.at(14), 1e-18);
        assertEquals(2e-3, rate.at(29), 1e-18);
        assertEquals(2e-3, rate.at(30), 1e-18);
        assertEquals(1e-3, rate.at(30 + 970 / 2), 1e-18);
        assertTrue(rate.at(999) > 0 && rate.at(999) < 1e-8);
        assertEquals(0, rate.at(1000));
        for (int step = 31; step < 1000; step++) {
            assertTrue(rate.at(step) < rate.at(step - 1));
        }
    }

    @Test
    void constantStaysAtItsPeak() {
        LearningRate rate = new LearningRate(Schedule.CONSTANT, 1e-3, 50, 0.1);
        assertEquals(4e-4, rate.at(1), 1e-18);
        assertEquals(1e-3, rate.at(5), 0);
        assertEquals(1e-3, rate.at(5000), 0);
    }

    @Test
    void theShortestTrainingsStillLearn() {
        assertEquals(1, new LearningRate(Schedule.COSINE, 1, 1, 0.03).at(0));
        assertEquals(1, new LearningRate(Schedule.COSINE, 1, 1, 0).at(0));
        assertEquals(0.5, new LearningRate(Schedule.COSINE, 1, 2, 1).at(0));
    }

    @Test
    void refusesSettingsOutOfRange() {
        assertThrows(BadInputException.class, () -> new LearningRate(Schedule.COSINE, -1, 10, 0));
        assertThrows(BadInputException.class, () -> new LearningRate(Schedule.COSINE, 1, 0, 0));
        assertThrows(BadInputException.class, () -> new LearningRate(Schedule.COSINE, 1, 10, 1.5));
        assertThrows(BadInputException.class, () -> new LearningRate(Schedule.CONSTANT, Double.NaN, 10, 0));
    }
}
