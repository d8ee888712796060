package dev.panacea.transformer.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;

/** ‖actual - expected‖ / ‖expected‖, the measure of all comparisons with float64. */
public final class RelativeError {
    private RelativeError() { }

    public static double of(double[] expected, float[] actual) {
        double[] wide = new double[actual.length];
        Arrays.setAll(wide, i -> actual[i]);
        return of(expected, wide);
    }

    public static double of(double[] expected, double[] actual) {
        assertEquals(expected.length, actual.length);
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < expected.length; i++) {
            difference += (actual[i] - expected[i]) * (actual[i] - expected[i]);
            norm += expected[i] * expected[i];
        }
        return Math.sqrt(difference / norm);
    }

    public static void assertAtMost(double bound, String what, double[] expected, float[] actual) {
        double error = of(expected, actual);
        assertTrue(error <= bound, () -> what + " is off by " + error + " relative, more than " + bound);
    }

    /** All rows one behind the other. */
    public static double[] flat(double[][] rows) {
        return Arrays.stream(rows).flatMapToDouble(Arrays::stream).toArray();
    }
}
