package dev.panacea.kernels.attention;

import static dev.panacea.kernels.attention.AttentionCase.shape;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.kernels.DeviceArrays;
import dev.panacea.kernels.Oracle;
import dev.panacea.kernels.PackedSequences;
import dev.panacea.kernels.attention.Attention.Shape;
import dev.panacea.kernels.attention.AttentionCase.Forward;
import dev.panacea.kernels.attention.AttentionCase.Gradients;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.HostBuffer;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.MemoryScope;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostAttentionTest {
    private static final double TOLERANCE = 2e-6;
    private static final HostDevice DEVICE = new HostDevice(2);

    @AfterAll
    static void close() {
        DEVICE.close();
    }

    private static int[] each(String lengths) {
        return Arrays.stream(lengths.split(",")).mapToInt(Integer::parseInt).toArray();
    }

    @ParameterizedTest
    @CsvSource({
        "8, 4, 16, '1'", "8, 4, 16, '63'", "8, 4, 16, '65,0,97'", "4, 1, 48, '113,1,0,203'", "6, 6, 48, '512'", "6, 3, 64, '97,65'",
        "4, 1, 1, '65,7'", "2, 2, 5, '64,128'", "3, 1, 33, '50,113'", "4, 2, 80, '97'", "2, 1, 128, '203'", "2, 2, 256, '63,1'",
        "80, 1, 4, '3,9'", "2, 1, 16, '0,0'"})
    void agreesWithFloat64(int queryHeads, int keyValueHeads, int d, String lengths) {
        for (boolean causal : new boolean[] {true, false}) {
            agrees(AttentionCase.random(shape(queryHeads, keyValueHeads, d, causal, 0), 31L * d + lengths.length(), each(lengths)));
        }
    }

    @ParameterizedTest
    @CsvSource({"4, 2, 16, '203', 1", "2, 1, 5, '130,0,65', 7", "4, 1, 33, '97,203', 64", "2, 2, 48, '65,1,63', 65", "80, 1, 4, '3,9', 2",
        "2, 1, 16, '97', 100", "2, 1, 16, '130', 2147483647"})
    void seesOnlyItsWindow(int queryHeads, int keyValueHeads, int d, String lengths, int window) {
        for (boolean causal : new boolean[] {true, false}) {
            AttentionCase inputs = AttentionCase.random(shape(queryHeads, keyValueHeads, d, causal, window), 7L * d, each(lengths));
            agrees(inputs);
            agrees(inputs.masked(5, 3));
        }
    }

    @ParameterizedTest
    @CsvSource({"4, 2, 16, '63,130,0,65', 2", "2, 1, 5, '203', 70", "6, 6, 48, '1,97', 3", "80, 1, 4, '3,9', 2", "2, 2, 32, '65,113', 1"})
    void seesNoMaskedKey(int queryHeads, int keyValueHeads, int d, String lengths, int one) {
        for (boolean causal : new boolean[] {true, false}) {
            AttentionCase inputs = AttentionCase.random(shape(queryHeads, keyValueHeads, d, causal, 0), 3L * d, each(lengths));
            agrees(inputs.masked(11, one));
        }
    }

    private static void agrees(AttentionCase inputs) {
        AttentionOracle oracle = inputs.oracle();
        Forward forward = inputs.forward(DEVICE, DEVICE);
        assertClose("output", oracle.output, forward.output());
        oracle.assertLogSumExp(forward.logSumExp(), TOLERANCE);
        Gradients gradients = inputs.backward(DEVICE, DEVICE, forward);
        assertClose("dQuery", oracle.dQuery, gradients.dQuery());
        assertClose("dKey", oracle.dKey, gradients.dKey());
        assertClose("dValue", oracle.dValue, gradients.dValue());
    }

    @ParameterizedTest
    @EnumSource(value = DType.class, names = {"BF16", "F16"})
    void halfPrecisionIsNoWorseThanPlainAttention(DType dtype) {
        for (boolean causal : new boolean[] {true, false}) {
            AttentionCase inputs = AttentionCase.random(shape(4, 2, 40, causal, 50), 3, 97, 0, 65).as(dtype, DEVICE).masked(4, 5);
            AttentionOracle oracle = inputs.oracle();
            AttentionOracle plain = AttentionOracle.plain(inputs);
            Forward forward = inputs.forward(DEVICE, DEVICE);
            Gradients gradients = inputs.backward(DEVICE, DEVICE, forward);
            assertNoWorse("output", oracle.output, plain.output, forward.output());
            oracle.assertLogSumExp(forward.logSumExp(), TOLERANCE);
            assertNoWorse("dQuery", oracle.dQuery, plain.dQuery, gradients.dQuery());
            assertNoWorse("dKey", oracle.dKey, plain.dKey, gradients.dKey());
            assertNoWorse("dValue", oracle.dValue, plain.dValue, gradients.dValue());
        }
    }

    private static void assertNoWorse(String what, double[] exact, double[] plain, float[] actual) {
        AttentionOracle.assertClose(what, exact, Oracle.doubles(actual), Oracle.relativeError(exact, plain));
    }

    @ParameterizedTest
    @CsvSource({"true, 0", "false, 0", "true, 3", "false, 2"})
    void gradientsAreSlopesOfTheForward(boolean causal, int window) {
        AttentionCase inputs = AttentionCase.random(new Shape(4, 2, 3, 0.7f, causal, window), 5, 4, 1, 6);
        slopesAgree(inputs);
        slopesAgree(inputs.masked(new byte[] {1, 0, 1, 0, 0, 0, 1, 1, 0, 1, 1}));
    }

    private static void slopesAgree(AttentionCase inputs) {
        Gradients gradients = inputs.backward(DEVICE, DEVICE, inputs.forward(DEVICE, DEVICE));
        double[] query = Oracle.doubles(inputs.query());
        double[] key = Oracle.doubles(inputs.key());
        double[] value = Oracle.doubles(inputs.value());
        double[] weights = Oracle.doubles(inputs.dOutput());
        assertClose("dQuery", Oracle.centralDifferences(
            x -> Oracle.dot(AttentionOracle.exact(inputs, x, key, value).output, weights), query), gradients.dQuery());
        assertClose("dKey", Oracle.centralDifferences(
            x -> Oracle.dot(AttentionOracle.exact(inputs, query, x, value).output, weights), key), gradients.dKey());
        assertClose("dValue", Oracle.centralDifferences(
            x -> Oracle.dot(AttentionOracle.exact(inputs, query, key, x).output, weights), value), gradients.dValue());
    }

    @Test
    void aQueryWithoutAKeyGivesZerosAndInfinity() {
        AttentionCase inputs = AttentionCase.random(shape(2, 1, 8, true, 0), 6, 3).masked((byte) 0, (byte) 0, (byte) 0);
        Forward forward = inputs.forward(DEVICE, DEVICE);
        assertArrayEquals(new float[48], forward.output());
        float[] infinite = new float[6];
        Arrays.fill(infinite, Float.POSITIVE_INFINITY);
        assertArrayEquals(infinite, forward.logSumExp());
        Gradients gradients = inputs.backward(DEVICE, DEVICE, forward);
        for (float[] gradient : new float[][] {gradients.dQuery(), gradients.dKey(), gradients.dValue()}) {
            for (float g : gradient) {
                assertEquals(0, g, "an exact zero of either sign");
            }
        }
    }

    @Test
    void isBitEqualEveryTimeOnAnyNumberOfThreads() {
        AttentionCase inputs = AttentionCase.random(shape(8, 4, 16, true, 0), 9, 113, 65, 0, 203, 31).masked(1, 9);
        Forward forward = inputs.forward(DEVICE, DEVICE);
        Gradients gradients = inputs.backward(DEVICE, DEVICE, forward);
        try (HostDevice single = new HostDevice(1)) {
            assertSameBits(forward, inputs.forward(single, single));
            assertSameBits(gradients, inputs.backward(single, single, forward));
        }
        for (int repeat = 1; repeat < 10; repeat++) {
            assertSameBits(forward, inputs.forward(DEVICE, DEVICE));
            assertSameBits(gradients, inputs.backward(DEVICE, DEVICE, forward));
        }
    }

    @Test
    void stableForScoresThatOverflowExp() {
        AttentionCase inputs = AttentionCase.random(new Shape(2, 1, 16, 40f, true), 4, 130);
        Forward forward = inputs.forward(DEVICE, DEVICE);
        AttentionOracle oracle = inputs.oracle();
        // Scores in the hundreds carry an absolute rounding error of their own size times 2⁻²⁴ into every exponential.
        Oracle.assertClose("output", oracle.output, forward.output(), 1e-4);
        Oracle.assertClose("dValue", oracle.dValue, inputs.backward(DEVICE, DEVICE, forward).dValue(), 1e-4);
    }

    @ParameterizedTest
    @CsvSource({"8, 4, 16, 0", "4, 1, 48, 0", "6, 6, 20, 0", "70, 1, 3, 0", "4, 2, 16, 1", "4, 2, 16, 64", "70, 1, 3, 50"})
    void decodeIsTheLastRowOfTheForward(int queryHeads, int keyValueHeads, int d, int window) {
        int[] lengths = {1, 64, 37, 130};
        AttentionCase inputs = AttentionCase.random(shape(queryHeads, keyValueHeads, d, true, window), 77, lengths);
        assertClose("decoded output", Oracle.doubles(lastRows(inputs, inputs.forward(DEVICE, DEVICE).output())), decoded(inputs, lengths));
    }

    @ParameterizedTest
    @EnumSource(value = DType.class, names = {"BF16", "F16"})
    void decodesHalfPrecision(DType dtype) {
        int[] lengths = {3, 65};
        AttentionCase inputs = AttentionCase.random(shape(4, 2, 16, true, 0), 78, lengths).as(dtype, DEVICE);
        // another order of the float32 sums may tip a rounding
        double ulp = dtype == DType.BF16 ? 0x1p-8 : 0x1p-11;
        AttentionOracle.assertClose("decoded output", Oracle.doubles(lastRows(inputs, inputs.forward(DEVICE, DEVICE).output())),
            Oracle.doubles(decoded(inputs, lengths)), ulp / 4);
    }

    // of (T, queryHeads, D)
    private static float[] lastRows(AttentionCase inputs, float[] all) {
        int row = inputs.shape().queryHeads() * inputs.shape().headDimension();
        float[] last = new float[inputs.sequences().count() * row];
        for (int s = 0; s < inputs.sequences().count(); s++) {
            System.arraycopy(all, (inputs.sequences().offsets()[s + 1] - 1) * row, last, s * row, row);
        }
        return last;
    }

    private static float[] decoded(AttentionCase inputs, int[] lengths) {
        int capacity = 131;
        int width = inputs.shape().keyValueHeads() * inputs.shape().headDimension();
        float[] key = new float[lengths.length * capacity * width];
        Arrays.fill(key, Float.NaN);
        float[] value = key.clone();
        for (int s = 0; s < lengths.length; s++) {
            int start = inputs.sequences().start(s);
            System.arraycopy(inputs.key(), start * width, key, s * capacity * width, lengths[s] * width);
            System.arraycopy(inputs.value(), start * width, value, s * capacity * width, lengths[s] * width);
        }
        float[] query = lastRows(inputs, inputs.query());
        try (MemoryScope scope = DEVICE.openScope("test")) {
            DeviceArrays arrays = new DeviceArrays(DEVICE, DEVICE, scope);
            Buffer output = arrays.poisoned(inputs.dtype(), query.length);
            Attention.on(DEVICE).decode(inputs.shape(), capacity, lengths, arrays.of(inputs.dtype(), query), arrays.of(inputs.dtype(), key),
                arrays.of(inputs.dtype(), value), output);
            return arrays.floats(output);
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
            HostBuffer mask = scope.allocateHost("mask", DType.U8, 2);
            PackedSequences three = PackedSequences.ofLengths(3);
            assertRefuses("key must hold 12 elements of F32", () -> attention.forward(shape, three, rows, half, rows, null, rows, rows));
            assertRefuses("key must hold 12 elements of BF16", () -> attention.forward(shape, three, half, rows, half, null, half, rows));
            assertRefuses("query must hold 24 elements", () -> attention.forward(shape, three, few, rows, rows, null, rows, rows));
            assertRefuses("query is missing", () -> attention.forward(shape, three, null, rows, rows, null, rows, rows));
            assertRefuses("keyMask must hold 3 elements of U8", () -> attention.forward(shape, three, rows, rows, rows, mask, rows, rows));
            assertRefuses("sequence 1 has 3 cached positions", () -> attention.decode(shape, 2, new int[] {2, 3}, rows, rows, rows, rows));
        }
    }

    private static void assertRefuses(String beginning, Runnable call) {
        String message = assertThrows(IllegalArgumentException.class, call::run).getMessage();
        assertTrue(message.startsWith(beginning), message);
    }

    private static void assertClose(String what, double[] expected, float[] actual) {
        AttentionOracle.assertClose(what, expected, Oracle.doubles(actual), TOLERANCE);
    }

    private static void assertSameBits(Forward expected, Forward actual) {
        assertArrayEquals(expected.output(), actual.output());
        assertArrayEquals(expected.logSumExp(), actual.logSumExp());
    }

    private static void assertSameBits(Gradients expected, Gradients actual) {
        assertArrayEquals(expected.dQuery(), actual.dQuery());
        assertArrayEquals(expected.dKey(), actual.dKey());
        assertArrayEquals(expected.dValue(), actual.dValue());
    }
}
