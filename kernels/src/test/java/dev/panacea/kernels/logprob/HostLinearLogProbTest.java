package dev.panacea.kernels.logprob;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.kernels.logprob.LinearLogProb.Shape;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.HostBuffer;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.MemoryScope;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostLinearLogProbTest {
    private static final double TOLERANCE = 2e-6;
    private static final HostDevice DEVICE = new HostDevice(2);

    private record Inputs(Shape shape, float[] x, float[] head, int[] targets, float[] slopes) {

        static Inputs random(long seed, int rows, int columns, int vocabulary) {
            Random random = new Random(seed);
            int[] targets = new int[rows];
            for (int row = 0; row < rows; row++) {
                targets[row] = random.nextInt(4) == 0 ? LinearLogProb.IGNORED : random.nextInt(vocabulary);
            }
            return new Inputs(new Shape(rows, columns, vocabulary), normal(random, rows * columns, 1),
                normal(random, vocabulary * columns, 2 / Math.sqrt(columns)), targets, normal(random, rows, 1));
        }

        private static float[] normal(Random random, int count, double deviation) {
            float[] values = new float[count];
            for (int i = 0; i < count; i++) {
                values[i] = (float) (deviation * random.nextGaussian());
            }
            return values;
        }

        LinearLogProbOracle oracle() {
            return new LinearLogProbOracle(shape, doubles(x), doubles(head), targets, doubles(slopes));
        }

        Result run(HostDevice device) {
            try (MemoryScope scope = device.openScope("test")) {
                LinearLogProb kernel = LinearLogProb.on(device);
                HostBuffer input = floats(scope, x);
                HostBuffer weights = floats(scope, head);
                HostBuffer ids = scope.allocateHost("targets", DType.I32, targets.length).copyFrom(targets);
                HostBuffer seeds = floats(scope, slopes);
                HostBuffer logProb = poisoned(scope, shape.rows());
                HostBuffer alone = poisoned(scope, shape.rows());
                HostBuffer derivative = poisoned(scope, x.length);
                HostBuffer frozen = poisoned(scope, x.length);
                HostBuffer dx = poisoned(scope, x.length);
                HostBuffer dHead = floats(scope, head);
                kernel.forward(shape, input, weights, ids, logProb, derivative);
                kernel.forward(shape, input, weights, ids, alone, null);
                assertArrayEquals(logProb.toFloats(), alone.toFloats());
                kernel.backwardFrozen(shape, seeds, derivative, frozen);
                kernel.backward(shape, seeds, input, weights, ids, logProb, dx, dHead);
                return new Result(logProb.toFloats(), derivative.toFloats(), frozen.toFloats(), dx.toFloats(), dHead.toFloats());
            }
        }
    }

    /** dHead was added to a copy of the head. */
    private record Result(float[] logProb, float[] derivative, float[] frozen, float[] dx, float[] dHead) { }

    @AfterAll
    static void close() {
        DEVICE.close();
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 1", "3, 5, 7", "97, 33, 203", "300, 16, 1025", "65, 48, 2500", "257, 128, 512"})
    void agreesWithFloat64(int rows, int columns, int vocabulary) {
        Inputs inputs = Inputs.random(rows, rows, columns, vocabulary);
        Result result = inputs.run(DEVICE);
        LinearLogProbOracle oracle = inputs.oracle();
        double[] dx = new double[inputs.x.length];
        for (int i = 0; i < dx.length; i++) {
            dx[i] = inputs.slopes[i / columns] * oracle.derivative[i];
        }
        double[] dHead = oracle.dHead.clone();
        for (int i = 0; i < dHead.length; i++) {
            dHead[i] += inputs.head[i];
        }
        assertClose("logProb", oracle.logProb, result.logProb());
        assertClose("derivative", oracle.derivative, result.derivative());
        assertClose("dx of a frozen head", dx, result.frozen());
        assertClose("dx", dx, result.dx());
        assertClose("dHead", dHead, result.dHead());
    }

    @Test
    void gradientsAreSlopesOfTheForward() {
        Inputs inputs = Inputs.random(3, 6, 4, 9);
        Result result = inputs.run(DEVICE);
        double[] x = doubles(inputs.x);
        double[] head = doubles(inputs.head);
        double[] dHead = slopes(inputs, head, x, head);
        for (int i = 0; i < dHead.length; i++) {
            dHead[i] += inputs.head[i];
        }
        assertClose("dx", slopes(inputs, x, x, head), result.dx());
        assertClose("dHead", dHead, result.dHead());
    }

    @Test
    void isBitEqualEveryTimeOnAnyNumberOfThreads() {
        Inputs inputs = Inputs.random(8, 400, 48, 1100);
        Result first = inputs.run(DEVICE);
        try (HostDevice single = new HostDevice(1)) {
            assertSameBits(first, inputs.run(single));
        }
        for (int repeat = 1; repeat < 10; repeat++) {
            assertSameBits(first, inputs.run(DEVICE));
        }
    }

    @ParameterizedTest
    @CsvSource({"3, 5, 7", "130, 64, 1100"})
    void roundsOperandsAsABf16HeadIs(int rows, int columns, int vocabulary) {
        Inputs inputs = Inputs.random(6, rows, columns, vocabulary);
        roundToBf16(inputs.x);
        roundToBf16(inputs.head);
        LinearLogProbOracle oracle = inputs.oracle();
        try (MemoryScope scope = DEVICE.openScope("test")) {
            LinearLogProb kernel = LinearLogProb.on(DEVICE);
            HostBuffer input = floats(scope, inputs.x);
            HostBuffer head = scope.allocateHost("head", DType.BF16, inputs.head.length);
            for (int i = 0; i < inputs.head.length; i++) {
                head.segment().setAtIndex(ValueLayout.JAVA_SHORT, i, (short) (Float.floatToRawIntBits(inputs.head[i]) >>> 16));
            }
            HostBuffer ids = scope.allocateHost("targets", DType.I32, rows).copyFrom(inputs.targets);
            HostBuffer logProb = poisoned(scope, rows);
            HostBuffer derivative = poisoned(scope, inputs.x.length);
            HostBuffer dx = poisoned(scope, inputs.x.length);
            HostBuffer dHead = floats(scope, new float[inputs.head.length]);
            HostBuffer logits = poisoned(scope, rows * vocabulary);
            HostBuffer slopes = floats(scope, inputs.slopes);
            kernel.forward(inputs.shape, input, head, ids, logProb, derivative);
            kernel.backward(inputs.shape, slopes, input, head, ids, logProb, dx, dHead);
            kernel.logits(inputs.shape, input, head, logits);
            assertClose("logits", oracle.logits, logits.toFloats());
            assertClose("logProb", oracle.logProb, logProb.toFloats());
            // Only the probabilities, and with them the gradients, meet another rounding: half of 2⁻⁸ each.
            assertTrue(relativeError(oracle.derivative, derivative.toFloats()) < 1.0 / 512);
            assertTrue(relativeError(oracle.dHead, dHead.toFloats()) < 1.0 / 512);
            kernel.backwardFrozen(inputs.shape, slopes, derivative, derivative);
            assertTrue(relativeError(doubles(derivative.toFloats()), dx.toFloats()) < 1.0 / 256);
        }
    }

    private static void roundToBf16(float[] values) {
        for (int i = 0; i < values.length; i++) {
            values[i] = Float.intBitsToFloat(Float.floatToRawIntBits(values[i]) & 0xffff0000);
        }
    }

    @Test
    void rowsWithoutTargetGiveNothing() {
        Inputs some = Inputs.random(8, 5, 8, 20);
        Arrays.fill(some.targets, LinearLogProb.IGNORED);
        Result result = some.run(DEVICE);
        assertArrayEquals(new float[5], result.logProb());
        assertArrayEquals(new float[40], result.derivative());
        assertArrayEquals(new float[40], result.dx());
        assertArrayEquals(some.head, result.dHead());
    }

    @Test
    void logitsAreThePlainProduct() {
        Inputs inputs = Inputs.random(2, 3, 40, 700);
        try (MemoryScope scope = DEVICE.openScope("test")) {
            HostBuffer logits = poisoned(scope, 3 * 700);
            LinearLogProb.on(DEVICE).logits(inputs.shape, floats(scope, inputs.x), floats(scope, inputs.head), logits);
            assertClose("logits", inputs.oracle().logits, logits.toFloats());
        }
    }

    @Test
    void refusesTargetsOutsideTheVocabulary() {
        for (int bad : new int[] {20, -2, Integer.MAX_VALUE}) {
            Inputs inputs = Inputs.random(2, 5, 8, 20);
            inputs.targets[3] = bad;
            String message = assertThrows(IllegalArgumentException.class, () -> inputs.run(DEVICE)).getMessage();
            assertEquals("the target of row 3 is " + bad + ", outside the vocabulary of 20", message);
        }
    }

    // Central differences of Σ slopes · logProb in every element of y, one of the two inputs.
    private static double[] slopes(Inputs inputs, double[] y, double[] x, double[] head) {
        double step = 1e-4;
        double[] slopes = new double[y.length];
        for (int i = 0; i < y.length; i++) {
            double before = y[i];
            y[i] = before + step;
            double above = weightedSum(inputs, x, head);
            y[i] = before - step;
            slopes[i] = (above - weightedSum(inputs, x, head)) / (2 * step);
            y[i] = before;
        }
        return slopes;
    }

    private static double weightedSum(Inputs inputs, double[] x, double[] head) {
        double[] weights = doubles(inputs.slopes);
        LinearLogProbOracle oracle = new LinearLogProbOracle(inputs.shape, x, head, inputs.targets, weights);
        double sum = 0;
        for (int row = 0; row < weights.length; row++) {
            sum += weights[row] * oracle.logProb[row];
        }
        return sum;
    }

    private static HostBuffer floats(MemoryScope scope, float[] values) {
        return scope.allocateHost("floats", DType.F32, values.length).copyFrom(values);
    }

    private static HostBuffer poisoned(MemoryScope scope, int count) {
        float[] nan = new float[count];
        Arrays.fill(nan, Float.NaN);
        return floats(scope, nan);
    }

    private static double[] doubles(float[] values) {
        double[] wide = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            wide[i] = values[i];
        }
        return wide;
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
        assertArrayEquals(expected.logProb(), actual.logProb());
        assertArrayEquals(expected.derivative(), actual.derivative());
        assertArrayEquals(expected.frozen(), actual.frozen());
        assertArrayEquals(expected.dx(), actual.dx());
        assertArrayEquals(expected.dHead(), actual.dHead());
    }
}
