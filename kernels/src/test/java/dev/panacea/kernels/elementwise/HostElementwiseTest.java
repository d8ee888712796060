package dev.panacea.kernels.elementwise;

import dev.panacea.kernels.Oracle;
import dev.panacea.kernels.PackedSequences;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.HostBuffer;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.MemoryScope;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

import static dev.panacea.kernels.Oracle.buffer;
import static dev.panacea.kernels.Oracle.poisoned;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class HostElementwiseTest {
    static final int[] COUNTS = Oracle.AWKWARD;
    private static final PackedSequences SEQUENCES = PackedSequences.ofLengths(3, 0, 1000, 17);

    @ParameterizedTest
    @FieldSource("COUNTS")
    void fillAndCopyCoverTheirRangeAndNothingBeyond(int count) {
        float[] x = Oracle.normal(new Random(count), count);
        float[] filled = Oracle.onHost((device, scope) -> {
            HostBuffer y = poisoned(scope, count + 20);
            Elementwise.on(device).fill(count, 2.5f, y);
            return y.toFloats();
        });
        float[] copied = Oracle.onHost((device, scope) -> {
            HostBuffer y = poisoned(scope, count + 20);
            Elementwise.on(device).copy(count, buffer(scope, x), y);
            return y.toFloats();
        });
        for (int i = 0; i < count + 20; i++) {
            assertEquals(i < count ? 2.5f : Float.NaN, filled[i]);
            assertEquals(i < count ? x[i] : Float.NaN, copied[i]);
        }
    }

    @ParameterizedTest
    @FieldSource("COUNTS")
    void addIsExactAlsoInPlace(int count) {
        Random random = new Random(count);
        float[] a = Oracle.normal(random, count);
        float[] b = Oracle.normal(random, count);
        float[] expected = new float[count];
        for (int i = 0; i < count; i++) {
            expected[i] = a[i] + b[i];
        }
        for (int target = 0; target < 3; target++) {
            int into = target;
            assertArrayEquals(expected, Oracle.onHost((device, scope) -> {
                HostBuffer[] buffers = {buffer(scope, a), buffer(scope, b), poisoned(scope, count)};
                Elementwise.on(device).add(count, buffers[0], buffers[1], buffers[into]);
                return buffers[into].toFloats();
            }), "into argument " + into);
        }
    }

    @ParameterizedTest
    @FieldSource("COUNTS")
    void sumOfSquaresIsThatOfFloat64AndTheSameOnAnyThreads(int count) {
        float[] x = Oracle.normal(new Random(count), count);
        double expected = Oracle.dot(Oracle.doubles(x), Oracle.doubles(x));
        double one = onThreads(1, x);
        assertEquals(expected, one, 1e-13 * expected);
        assertEquals(one, onThreads(2, x), 0);
    }

    private static double onThreads(int threads, float[] x) {
        try (HostDevice device = new HostDevice(threads); MemoryScope scope = device.openScope("test")) {
            return Elementwise.on(device).sumOfSquares(x.length, buffer(scope, x));
        }
    }

    @Test
    void sumsDoNotDependOnWhetherTheCodeIsCompiledYet() {
        float[] x = Oracle.normal(new Random(3), 40_001);
        try (HostDevice device = new HostDevice(1); MemoryScope scope = device.openScope("test")) {
            HostBuffer values = buffer(scope, x);
            double cold = Elementwise.on(device).sumOfSquares(x.length, values);
            for (int i = 0; i < 300; i++) {
                assertEquals(cold, Elementwise.on(device).sumOfSquares(x.length, values), 0);
            }
        }
    }

    @ParameterizedTest
    @FieldSource("COUNTS")
    void oneValueThatIsNotFiniteIsFoundAnywhere(int count) {
        try (HostDevice device = new HostDevice(2); MemoryScope scope = device.openScope("test")) {
            HostBuffer x = buffer(scope, Oracle.normal(new Random(count), count));
            Elementwise elementwise = Elementwise.on(device);
            x.setFloat(0, Float.MAX_VALUE);
            assertTrue(elementwise.allFinite(count, x));
            for (int at : new int[] {0, count / 2, count - 1}) {
                float before = x.getFloat(at);
                for (float value : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
                    x.setFloat(at, value);
                    assertFalse(elementwise.allFinite(count, x), value + " at " + at);
                }
                x.setFloat(at, before);
            }
        }
    }

    @Test
    void sequencesAreSummedAndTheirGradientSpread() {
        float[] x = Oracle.normal(new Random(5), SEQUENCES.tokens());
        float[] minus = Oracle.normal(new Random(6), SEQUENCES.tokens());
        assertArrayEquals(sums(x, new float[x.length]), sequenceSum(x, null));
        assertArrayEquals(sums(x, minus), sequenceSum(x, minus));
        float[] spread = Oracle.onHost((device, scope) -> {
            HostBuffer dx = poisoned(scope, SEQUENCES.tokens());
            Elementwise.on(device).sequenceSumBackward(SEQUENCES, buffer(scope, 1f, 2f, 3f, 4f), dx);
            return dx.toFloats();
        });
        int[] owner = SEQUENCES.sequenceOfToken();
        for (int token = 0; token < spread.length; token++) {
            assertEquals(owner[token] + 1, spread[token]);
        }
    }

    @Test
    void aDifferenceTokenByTokenLosesNothingToTheSizeOfTheSums() {
        float[] x = new float[SEQUENCES.tokens()];
        float[] minus = new float[SEQUENCES.tokens()];
        Arrays.fill(x, Math.nextUp(-9f));
        Arrays.fill(minus, -9f);
        float ulp = Math.ulp(9f);
        assertArrayEquals(new float[] {3 * ulp, 0, 1000 * ulp, 17 * ulp}, sequenceSum(x, minus));
    }

    private static float[] sequenceSum(float[] x, float[] minus) {
        return Oracle.onHost((device, scope) -> {
            HostBuffer y = poisoned(scope, SEQUENCES.count());
            Elementwise.on(device).sequenceSum(SEQUENCES, buffer(scope, x), minus == null ? null : buffer(scope, minus), y);
            return y.toFloats();
        });
    }

    private static float[] sums(float[] x, float[] minus) {
        int[] owner = SEQUENCES.sequenceOfToken();
        double[] sums = new double[SEQUENCES.count()];
        for (int token = 0; token < x.length; token++) {
            sums[owner[token]] += (double) x[token] - minus[token];
        }
        float[] rounded = new float[sums.length];
        for (int i = 0; i < sums.length; i++) {
            rounded[i] = (float) sums[i];
        }
        return rounded;
    }

    @Test
    void buffersOfAnotherTypeOrLengthAreRefused() {
        try (HostDevice device = new HostDevice(1); MemoryScope scope = device.openScope("test")) {
            Elementwise elementwise = Elementwise.on(device);
            HostBuffer floats = poisoned(scope, 4);
            HostBuffer ints = scope.allocateHost("ints", DType.I32, 4);
            assertThrows(IllegalArgumentException.class, () -> elementwise.fill(5, 0, floats));
            assertThrows(IllegalArgumentException.class, () -> elementwise.fill(4, 0.5f, ints));
            assertThrows(IllegalArgumentException.class, () -> elementwise.fill(4, 0, null));
            assertThrows(IllegalArgumentException.class, () -> elementwise.fill(-1, 0, floats));
            assertThrows(IllegalArgumentException.class, () -> elementwise.copy(4, floats, ints));
            assertThrows(IllegalArgumentException.class, () -> elementwise.cast(4, floats, ints));
            elementwise.fill(0, 0, floats);
            assertTrue(Arrays.equals(new float[] {Float.NaN, Float.NaN, Float.NaN, Float.NaN}, floats.toFloats()));
        }
    }
}
