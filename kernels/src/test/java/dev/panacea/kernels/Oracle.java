package dev.panacea.kernels;

import dev.panacea.runtime.DType;
import dev.panacea.runtime.HostBuffer;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.MemoryScope;
import java.util.Arrays;
import java.util.Random;
import java.util.function.BiFunction;
import java.util.function.ToDoubleFunction;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What tests of kernels share: seeded inputs, poisoned outputs, and the comparison with a float64 reference. */
public final class Oracle {

    /** Lengths around the vector width, the block size of streaming kernels and beyond. */
    public static final int[] AWKWARD = {1, 7, 16, 17, 129, 1000, 4097, 40_001};

    private static final double STEP = 1e-5;

    private Oracle() { }

    public static float[] normal(Random random, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    public static double[] doubles(float[] values) {
        double[] wide = new double[values.length];
        Arrays.setAll(wide, i -> values[i]);
        return wide;
    }

    public static float[] floats(double[] values) {
        float[] narrow = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            narrow[i] = (float) values[i];
        }
        return narrow;
    }

    public static HostBuffer buffer(MemoryScope scope, float... values) {
        return scope.allocateHost("floats", DType.F32, values.length).copyFrom(values);
    }

    public static HostBuffer buffer(MemoryScope scope, int... values) {
        return scope.allocateHost("ints", DType.I32, values.length).copyFrom(values);
    }

    /** A float buffer that holds nothing but NaN, so that what a kernel leaves out shows. */
    public static HostBuffer poisoned(MemoryScope scope, int count) {
        float[] nan = new float[count];
        Arrays.fill(nan, Float.NaN);
        return buffer(scope, nan);
    }

    /** Runs {@code kernel} on one thread and on two, requires the same bits, and returns them. */
    public static float[] onHost(BiFunction<HostDevice, MemoryScope, float[]> kernel) {
        float[] one = onHost(1, kernel);
        assertArrayEquals(one, onHost(2, kernel), "one thread and two");
        return one;
    }

    private static float[] onHost(int threads, BiFunction<HostDevice, MemoryScope, float[]> kernel) {
        try (HostDevice device = new HostDevice(threads); MemoryScope scope = device.openScope("test")) {
            return kernel.apply(device, scope);
        }
    }

    public static float[] concatenated(HostBuffer... buffers) {
        float[] all = new float[0];
        for (HostBuffer buffer : buffers) {
            float[] values = buffer.toFloats();
            int at = all.length;
            all = Arrays.copyOf(all, at + values.length);
            System.arraycopy(values, 0, all, at, values.length);
        }
        return all;
    }

    /** ‖actual - expected‖ / ‖expected‖. */
    public static double relativeError(double[] expected, double[] actual) {
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < expected.length; i++) {
            difference += (actual[i] - expected[i]) * (actual[i] - expected[i]);
            norm += expected[i] * expected[i];
        }
        return Math.sqrt(difference / norm);
    }

    public static void assertClose(String what, double[] expected, float[] actual, double tolerance) {
        assertClose(what, expected, doubles(actual), tolerance);
    }

    public static void assertClose(String what, double[] expected, double[] actual, double tolerance) {
        assertTrue(expected.length == actual.length, () -> what + " has " + actual.length + " elements, not " + expected.length);
        double error = relativeError(expected, actual);
        assertTrue(error <= tolerance, () -> what + " is off by " + error + " relative, more than " + tolerance);
    }

    /**
     * Requires of a device no more than twice the error of the host, which rounds in the same places, or {@code floor} where that is more;
     * and of the host an error below {@code hostAtMost}, or it would be no measure.
     */
    public static void assertWithinTwice(String what, double[] expected, float[] host, float[] actual, double hostAtMost, double floor) {
        double ofHost = relativeError(expected, doubles(host));
        assertTrue(ofHost < hostAtMost, () -> what + ": the host itself is off by " + ofHost);
        assertClose(what, expected, actual, Math.max(floor, 2 * ofHost));
    }

    /** Gradient of {@code function} at {@code point} by central differences in float64: good to about 1e-9. */
    public static double[] centralDifferences(ToDoubleFunction<double[]> function, double[] point) {
        double[] gradient = new double[point.length];
        for (int i = 0; i < point.length; i++) {
            double[] moved = point.clone();
            moved[i] = point[i] + STEP;
            double above = function.applyAsDouble(moved);
            moved[i] = point[i] - STEP;
            gradient[i] = (above - function.applyAsDouble(moved)) / (2 * STEP);
        }
        return gradient;
    }

    public static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
