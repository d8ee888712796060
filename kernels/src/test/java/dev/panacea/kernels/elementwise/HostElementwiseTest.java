package dev.panacea.kernels.elementwise;

import dev.panacea.kernels.DeviceArrays;
import dev.panacea.kernels.Oracle;
import dev.panacea.kernels.PackedSequences;
import dev.panacea.runtime.Buffer;
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
    void bf16IsWidenedAndRoundedOnce() {
        float[] a = Oracle.normal(new Random(8), 1000);
        float[] b = Oracle.normal(new Random(9), 1000);
        try (HostDevice device = new HostDevice(1); MemoryScope scope = device.openScope("test")) {
            DeviceArrays arrays = new DeviceArrays(device, device, scope);
            Buffer left = arrays.of(DType.BF16, a);
            float[] wideLeft = arrays.floats(left);
            float[] wideRight = DeviceArrays.rounded(device, DType.BF16, b);
            float[] sum = new float[a.length];
            double squares = 0;
            for (int i = 0; i < sum.length; i++) {
                sum[i] = wideLeft[i] + wideRight[i];
                squares += (double) wideLeft[i] * wideLeft[i];
            }
            Elementwise elementwise = Elementwise.on(device);
            assertEquals(squares, elementwise.sumOfSquares(a.length, left), 1e-13 * squares);
            assertTrue(elementwise.allFinite(a.length, left));
            elementwise.add(a.length, left, arrays.of(DType.BF16, b), left);
            assertArrayEquals(DeviceArrays.rounded(device, DType.BF16, sum), arrays.floats(left));
            elementwise.fill(1, Float.POSITIVE_INFINITY, left.slice(999, 1));
            assertFalse(elementwise.allFinite(a.length, left));
        }
    }

    @Test
    void fillRoundsToHalvesAndTakesOnlyIntegersForIntegers() {
        float[] values = {1.01f, -3.1f, 0x1.01p0f, 0x1.03p0f, 70_000, Float.MAX_VALUE, Float.NEGATIVE_INFINITY, Float.NaN, 1e-8f};
        try (HostDevice device = new HostDevice(1); MemoryScope scope = device.openScope("test")) {
            DeviceArrays arrays = new DeviceArrays(device, device, scope);
            Elementwise elementwise = Elementwise.on(device);
            for (DType dtype : new DType[] {DType.BF16, DType.F16}) {
                for (float value : values) {
                    Buffer y = arrays.poisoned(dtype, 9);
                    elementwise.fill(9, value, y);
                    float[] expected = new float[9];
                    Arrays.fill(expected, value);
                    assertArrayEquals(DeviceArrays.rounded(device, dtype, expected), arrays.floats(y), dtype + " of " + value);
                }
            }
            HostBuffer ints = scope.allocateHost("ints", DType.I32, 3);
            elementwise.fill(3, Integer.MIN_VALUE, ints);
            assertArrayEquals(new int[] {Integer.MIN_VALUE, Integer.MIN_VALUE, Integer.MIN_VALUE}, ints.toInts());
            assertThrows(IllegalArgumentException.class, () -> elementwise.fill(3, 0x1p31f, ints));
            assertThrows(IllegalArgumentException.class, () -> elementwise.fill(3, Float.NaN, ints));
            assertThrows(IllegalArgumentException.class, () -> elementwise.fill(3, -1, scope.allocate("bytes", DType.U8, 3)));
            assertThrows(IllegalArgumentException.class, () -> elementwise.fill(3, 256, scope.allocate("bytes", DType.U8, 3)));
            assertThrows(IllegalArgumentException.class, () -> elementwise.fill(3, 0x1p63f, scope.allocate("longs", DType.I64, 3)));
        }
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
