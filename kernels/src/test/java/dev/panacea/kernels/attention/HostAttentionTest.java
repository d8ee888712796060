package dev.panacea.kernels.attention;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.kernels.PackedSequences;
import dev.panacea.kernels.attention.Attention.Shape;
import dev.panacea.kernels.attention.AttentionCase.Result;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.HostBuffer;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.MemoryScope;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostAttentionTest {
    private static final double TOLERANCE = 2e-6;
    private static final HostDevice DEVICE = new HostDevice(2);

    @AfterAll
    static void close() {
        DEVICE.close();
    }

    @ParameterizedTest
    @CsvSource({
        "8, 4, 16, '1'", "8, 4, 16, '63'", "8, 4, 16, '65,0,97'", "4, 1, 48, '113,1,0,203'", "6, 6, 48, '512'", "6, 3, 64, '97,65'",
        "4, 1, 1, '65,7'", "2, 2, 5, '64,128'", "3, 1, 33, '50,113'", "4, 2, 80, '97'", "2, 1, 128, '203'", "2, 2, 256, '63,1'",
        "80, 1, 4, '3,9'", "2, 1, 16, '0,0'"})
    void agreesWithFloat64(int queryHeads, int keyValueHeads, int d, String lengths) {
        int[] each = Arrays.stream(lengths.split(",")).mapToInt(Integer::parseInt).toArray();
        for (boolean causal : new boolean[] {true, false}) {
            Shape shape = new Shape(queryHeads, keyValueHeads, d, (float) (1 / Math.sqrt(d)), causal);
            AttentionCase inputs = AttentionCase.random(shape, 31L * d + each.length, each);
            Result result = inputs.run(DEVICE);
            AttentionOracle oracle = inputs.oracle();
            assertClose("output", oracle.output, result.output());
            assertClose("logSumExp", oracle.logSumExp, result.logSumExp());
            assertClose("dQuery", oracle.dQuery, result.dQuery());
            assertClose("dKey", oracle.dKey, result.dKey());
            assertClose("dValue", oracle.dValue, result.dValue());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void gradientsAreSlopesOfTheForward(boolean causal) {
        Shape shape = new Shape(4, 2, 3, 0.7f, causal);
        AttentionCase inputs = AttentionCase.random(shape, 5, 4, 1, 6);
        Result result = inputs.run(DEVICE);
        double[] query = AttentionCase.doubles(inputs.query());
        double[] key = AttentionCase.doubles(inputs.key());
        double[] value = AttentionCase.doubles(inputs.value());
        assertClose("dQuery", slopes(inputs, query, query, key, value), result.dQuery());
        assertClose("dKey", slopes(inputs, key, query, key, value), result.dKey());
        assertClose("dValue", slopes(inputs, value, query, key, value), result.dValue());
    }

    @Test
    void isBitEqualEveryTimeOnAnyNumberOfThreads() {
        AttentionCase inputs = AttentionCase.random(new Shape(8, 4, 16, 0.25f, true), 9, 113, 65, 0, 203, 31);
        Result first = inputs.run(DEVICE);
        try (HostDevice single = new HostDevice(1)) {
            assertSameBits(first, inputs.run(single));
        }
        for (int repeat = 1; repeat < 10; repeat++) {
            assertSameBits(first, inputs.run(DEVICE));
        }
    }

    @Test
    void stableForScoresThatOverflowExp() {
        Shape shape = new Shape(2, 1, 16, 40f, true);
        AttentionCase inputs = AttentionCase.random(shape, 4, 130);
        Result result = inputs.run(DEVICE);
        AttentionOracle oracle = inputs.oracle();
        // Scores in the hundreds carry an absolute rounding error of their own size times 2⁻²⁴ into every exponential.
        assertTrue(relativeError(oracle.output, result.output()) < 1e-4);
        assertTrue(relativeError(oracle.dValue, result.dValue()) < 1e-4);
    }

    @ParameterizedTest
    @CsvSource({"8, 4, 16", "4, 1, 48", "6, 6, 20", "70, 1, 3"})
    void decodeIsTheLastRowOfTheForward(int queryHeads, int keyValueHeads, int d) {
        int[] lengths = {1, 64, 37, 130};
        int capacity = 131;
        Shape shape = new Shape(queryHeads, keyValueHeads, d, (float) (1 / Math.sqrt(d)), true);
        AttentionCase inputs = AttentionCase.random(shape, 77, lengths);
        float[] forward = inputs.run(DEVICE).output();
        float[] expected = new float[lengths.length * queryHeads * d];
        float[] query = new float[expected.length];
        float[] key = new float[lengths.length * capacity * keyValueHeads * d];
        Arrays.fill(key, Float.NaN);
        float[] value = key.clone();
        for (int s = 0; s < lengths.length; s++) {
            int start = inputs.sequences().start(s);
            int last = (start + lengths[s] - 1) * queryHeads * d;
            System.arraycopy(forward, last, expected, s * queryHeads * d, queryHeads * d);
            System.arraycopy(inputs.query(), last, query, s * queryHeads * d, queryHeads * d);
            int width = keyValueHeads * d;
            System.arraycopy(inputs.key(), start * width, key, s * capacity * width, lengths[s] * width);
            System.arraycopy(inputs.value(), start * width, value, s * capacity * width, lengths[s] * width);
        }
        try (MemoryScope scope = DEVICE.openScope("test")) {
            HostBuffer output = AttentionCase.poisoned(scope, expected.length);
            Attention.on(DEVICE).decode(shape, capacity, lengths, AttentionCase.buffer(scope, query), AttentionCase.buffer(scope, key),
                AttentionCase.buffer(scope, value), output);
            assertClose("decoded output", AttentionCase.doubles(expected), output.toFloats());
        }
    }

    @Test
    void refusesBuffersThatDoNotFitAndLengthsBeyondTheCache() {
        Shape shape = new Shape(2, 1, 4, 1, true);
        Attention attention = Attention.on(DEVICE);
        try (MemoryScope scope = DEVICE.openScope("test")) {
            HostBuffer rows = scope.allocateHost("rows", DType.F32, 24);
            HostBuffer half = scope.allocateHost("half", DType.BF16, 24);
            HostBuffer few = scope.allocateHost("few", DType.F32, 23);
            PackedSequences three = PackedSequences.ofLengths(3);
            String wrongType = assertThrows(IllegalArgumentException.class,
                () -> attention.forward(shape, three, half, rows, rows, null, rows, rows)).getMessage();
            assertTrue(wrongType.startsWith("query must hold 24 elements of F32"), wrongType);
            assertThrows(IllegalArgumentException.class, () -> attention.forward(shape, three, few, rows, rows, null, rows, rows));
            String tooLong = assertThrows(IllegalArgumentException.class,
                () -> attention.decode(shape, 2, new int[] {2, 3}, rows, rows, rows, rows)).getMessage();
            assertTrue(tooLong.contains("sequence 1 has 3 cached positions"), tooLong);
        }
    }

    // Central differences of Σ output · dOutput in every element of x, one of the three inputs.
    private static double[] slopes(AttentionCase inputs, double[] x, double[] query, double[] key, double[] value) {
        double step = 1e-4;
        double[] slopes = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            double before = x[i];
            x[i] = before + step;
            double above = weightedSum(inputs, query, key, value);
            x[i] = before - step;
            slopes[i] = (above - weightedSum(inputs, query, key, value)) / (2 * step);
            x[i] = before;
        }
        return slopes;
    }

    private static double weightedSum(AttentionCase inputs, double[] query, double[] key, double[] value) {
        double[] weights = AttentionCase.doubles(inputs.dOutput());
        AttentionOracle oracle = new AttentionOracle(inputs.shape(), inputs.sequences());
        oracle.run(query, key, value, weights);
        double sum = 0;
        for (int i = 0; i < weights.length; i++) {
            sum += weights[i] * oracle.output[i];
        }
        return sum;
    }

    private static void assertClose(String what, double[] expected, float[] actual) {
        double error = relativeError(expected, actual);
        assertTrue(error <= TOLERANCE, what + " has relative error " + error);
    }

    private static double relativeError(double[] expected, float[] actual) {
        assertEquals(expected.length, actual.length);
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < expected.length; i++) {
            difference += Math.pow(expected[i] - actual[i], 2);
            norm += expected[i] * expected[i];
        }
        return difference == 0 ? 0 : Math.sqrt(difference / norm);
    }

    private static void assertSameBits(Result expected, Result actual) {
        assertArrayEquals(expected.output(), actual.output());
        assertArrayEquals(expected.logSumExp(), actual.logSumExp());
        assertArrayEquals(expected.dQuery(), actual.dQuery());
        assertArrayEquals(expected.dKey(), actual.dKey());
        assertArrayEquals(expected.dValue(), actual.dValue());
    }
}
