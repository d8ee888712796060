package dev.panacea.kernels.norm;

import dev.panacea.kernels.Oracle;
import dev.panacea.runtime.HostBuffer;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.MemoryScope;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static dev.panacea.kernels.Oracle.assertClose;
import static dev.panacea.kernels.Oracle.buffer;
import static dev.panacea.kernels.Oracle.doubles;
import static dev.panacea.kernels.Oracle.poisoned;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class HostRmsNormTest {
    private static final float EPSILON = 1e-5f;

    /** Seeded arguments of one shape and the oracle for it. */
    private record Problem(int rows, int columns, float[] x, float[] residual, float[] weight, float[] dy, float[] dSum) {

        static Problem of(int rows, int columns) {
            Random random = new Random(31L * rows + columns);
            int count = rows * columns;
            return new Problem(rows, columns, Oracle.normal(random, count), Oracle.normal(random, count), Oracle.normal(random, columns),
                Oracle.normal(random, count), Oracle.normal(random, count));
        }

        RmsNormOracle oracle() {
            return new RmsNormOracle(rows, columns, EPSILON);
        }

        double[] sums() {
            double[] s = new double[x.length];
            Arrays.setAll(s, i -> x[i] + residual[i]);
            return s;
        }
    }

    @ParameterizedTest
    @CsvSource({"1,1", "3,7", "5,16", "2,17", "700,129", "9,1000", "3,4097", "1,16384"})
    void forwardMatchesTheOracleWithAndWithoutResidual(int rows, int columns) {
        Problem p = Problem.of(rows, columns);
        float[] plain = Oracle.onHost((device, scope) -> forward(p, device, scope, false));
        float[] added = Oracle.onHost((device, scope) -> forward(p, device, scope, true));
        checkForward(p, doubles(p.x), plain, 0);
        double[] s = doubles(Arrays.copyOf(added, p.x.length));
        assertArrayEquals(floatSums(p), Arrays.copyOf(added, p.x.length), "the sum, rounded once");
        checkForward(p, s, added, p.x.length);
    }

    private static void checkForward(Problem p, double[] s, float[] out, int from) {
        int split = from + s.length;
        assertClose("y", p.oracle().forward(s, doubles(p.weight)), Arrays.copyOfRange(out, from, split), 3e-7);
        assertClose("inverse rms", p.oracle().inverses(s), Arrays.copyOfRange(out, split, out.length), 3e-7);
    }

    private static float[] floatSums(Problem p) {
        float[] sums = new float[p.x.length];
        for (int i = 0; i < sums.length; i++) {
            sums[i] = p.x[i] + p.residual[i];
        }
        return sums;
    }

    private static float[] forward(Problem p, HostDevice device, MemoryScope scope, boolean residual) {
        HostBuffer x = buffer(scope, p.x);
        HostBuffer y = poisoned(scope, p.x.length);
        HostBuffer inverse = poisoned(scope, p.rows);
        HostBuffer sum = residual ? poisoned(scope, p.x.length) : null;
        RmsNorm.on(device).forward(p.rows, p.columns, EPSILON, x, residual ? buffer(scope, p.residual) : null, buffer(scope, p.weight),
            sum, y, inverse);
        return residual ? Oracle.concatenated(sum, y, inverse) : Oracle.concatenated(y, inverse);
    }

    @ParameterizedTest
    @CsvSource({"1,1", "3,7", "5,16", "2,17", "700,129", "9,1000", "3,4097"})
    void backwardMatchesTheOracle(int rows, int columns) {
        Problem p = Problem.of(rows, columns);
        double[] s = doubles(p.x);
        double[] dx = p.oracle().inputGradient(doubles(p.dy), s, doubles(p.weight));
        float[] out = Oracle.onHost((device, scope) -> backward(p, device, scope, false, false));
        assertClose("dx", dx, Arrays.copyOf(out, s.length), columns == 1 ? 1e-2 : 2e-6);
        double[] dw = p.oracle().weightGradient(doubles(p.dy), s);
        Arrays.setAll(dw, j -> dw[j] + p.weight[j]);
        assertClose("dWeight on top of what was there", dw, Arrays.copyOfRange(out, s.length, out.length), 2e-6);
    }

    @ParameterizedTest
    @CsvSource({"3,7", "700,129"})
    void aGradientPastTheNormIsAddedAlsoInPlace(int rows, int columns) {
        Problem p = Problem.of(rows, columns);
        double[] expected = p.oracle().inputGradient(doubles(p.dy), doubles(p.x), doubles(p.weight));
        Arrays.setAll(expected, i -> expected[i] + p.dSum[i]);
        float[] apart = Oracle.onHost((device, scope) -> backward(p, device, scope, true, false));
        float[] inPlace = Oracle.onHost((device, scope) -> backward(p, device, scope, true, true));
        assertArrayEquals(apart, inPlace);
        assertClose("dx", expected, Arrays.copyOf(apart, expected.length), 2e-6);
    }

    private static float[] backward(Problem p, HostDevice device, MemoryScope scope, boolean withSum, boolean inPlace) {
        RmsNorm norm = RmsNorm.on(device);
        HostBuffer x = buffer(scope, p.x);
        HostBuffer weight = buffer(scope, p.weight);
        HostBuffer inverse = poisoned(scope, p.rows);
        norm.forward(p.rows, p.columns, EPSILON, x, null, weight, null, poisoned(scope, p.x.length), inverse);
        HostBuffer dSum = withSum ? buffer(scope, p.dSum) : null;
        HostBuffer dx = inPlace ? dSum : poisoned(scope, p.x.length);
        HostBuffer dWeight = buffer(scope, p.weight);
        norm.backward(p.rows, p.columns, buffer(scope, p.dy), x, weight, inverse, dSum, dx, dWeight);
        return Oracle.concatenated(dx, dWeight);
    }

    @Test
    void aFrozenWeightChangesNothingElse() {
        Problem p = Problem.of(700, 129);
        float[] frozen = Oracle.onHost((device, scope) -> {
            HostBuffer x = buffer(scope, p.x);
            HostBuffer weight = buffer(scope, p.weight);
            HostBuffer inverse = poisoned(scope, p.rows);
            HostBuffer dx = poisoned(scope, p.x.length);
            RmsNorm.on(device).forward(p.rows, p.columns, EPSILON, x, null, weight, null, poisoned(scope, p.x.length), inverse);
            RmsNorm.on(device).backward(p.rows, p.columns, buffer(scope, p.dy), x, weight, inverse, null, dx, null);
            return dx.toFloats();
        });
        float[] trained = Oracle.onHost((device, scope) -> backward(p, device, scope, false, false));
        assertArrayEquals(Arrays.copyOf(trained, frozen.length), frozen);
    }

    @Test
    void theOracleGradientsAreThoseOfItsForward() {
        Problem p = Problem.of(3, 7);
        double[] dy = doubles(p.dy);
        double[] s = p.sums();
        double[] weight = doubles(p.weight);
        double[] dx = Oracle.centralDifferences(moved -> Oracle.dot(dy, p.oracle().forward(moved, weight)), s);
        assertClose("dx", dx, p.oracle().inputGradient(dy, s, weight), 1e-8);
        double[] dw = Oracle.centralDifferences(moved -> Oracle.dot(dy, p.oracle().forward(s, moved)), weight);
        assertClose("dw", dw, p.oracle().weightGradient(dy, s), 1e-8);
    }

    @Test
    void sumWithoutResidualAndShortBuffersAreRefused() {
        try (HostDevice device = new HostDevice(1); MemoryScope scope = device.openScope("test")) {
            RmsNorm norm = RmsNorm.on(device);
            HostBuffer two = poisoned(scope, 2);
            HostBuffer one = poisoned(scope, 1);
            assertThrows(IllegalArgumentException.class, () -> norm.forward(1, 2, EPSILON, two, null, two, two, two, one));
            assertThrows(IllegalArgumentException.class, () -> norm.forward(1, 2, EPSILON, two, null, two, null, one, one));
            assertThrows(IllegalArgumentException.class, () -> norm.forward(1, 2, EPSILON, two, null, one, null, two, one));
        }
    }
}
