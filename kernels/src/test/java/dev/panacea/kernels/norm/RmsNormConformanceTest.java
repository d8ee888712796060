package dev.panacea.kernels.norm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.kernels.ConformanceDevice;
import dev.panacea.kernels.DeviceArrays;
import dev.panacea.kernels.Oracle;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.Device;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.MemoryScope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** RMSNorm on every CUDA device there is, held against float64 and against its host twin. */
@Tag("cuda")
class RmsNormConformanceTest {
    private static final float EPSILON = 1e-5f;
    // sums of float32 in another order, and an approximate reciprocal root that is off by 2 ulp at most
    private static final double F32_TOLERANCE = 2e-6;

    /** Which gradients a backward is asked for. */
    private record Wanted(boolean past, boolean inPlace, boolean weight) { }

    /** Seeded inputs, rounded to the dtype that they are stored in. */
    private record Problem(DType dtype, int rows, int columns, float[] x, float[] residual, float[] weight, float[] dy, float[] dSum) {

        static Problem of(DType dtype, int rows, int columns, HostDevice host) {
            Random random = new Random(31L * rows + columns);
            int count = rows * columns;
            return new Problem(dtype, rows, columns, stored(host, dtype, random, count), stored(host, dtype, random, count),
                stored(host, dtype, random, columns), stored(host, dtype, random, count), stored(host, dtype, random, count));
        }

        private static float[] stored(HostDevice host, DType dtype, Random random, int count) {
            return DeviceArrays.rounded(host, dtype, Oracle.normal(random, count));
        }

        RmsNormOracle oracle() {
            return new RmsNormOracle(rows, columns, EPSILON);
        }
    }

    static Stream<Arguments> problems() {
        List<Arguments> problems = new ArrayList<>();
        int[][] shapes = {{1, 2}, {3, 7}, {5, 16}, {2, 17}, {33, 128}, {7, 192}, {3, 1000}, {3, 4096}, {2, 4097}, {3, 8192}, {1, 20_000}};
        for (ConformanceDevice device : ConformanceDevice.values()) {
            for (DType dtype : List.of(DType.F32, DType.BF16)) {
                for (int[] shape : shapes) {
                    problems.add(Arguments.of(device, dtype, shape[0], shape[1]));
                }
            }
        }
        return problems.stream();
    }

    @ParameterizedTest(name = "{0} {1} {2} x {3}")
    @MethodSource("problems")
    void forwardIsThatOfTheOracleAndOfTheHost(ConformanceDevice kind, DType dtype, int rows, int columns) {
        kind.run((device, host) -> {
            Problem p = Problem.of(dtype, rows, columns, host);
            for (boolean residual : new boolean[] {false, true}) {
                List<float[]> expected = forward(p, host, host, residual);
                List<float[]> actual = forward(p, device, host, residual);
                assertArrayEquals(expected.getFirst(), actual.getFirst(), "s, of which the norm is taken");
                double[] s = Oracle.doubles(actual.getFirst());
                Oracle.assertWithinTwice("y", p.oracle().forward(s, Oracle.doubles(p.weight)), expected.get(1), actual.get(1), 5e-3,
                    F32_TOLERANCE);
                Oracle.assertClose("inverse rms", p.oracle().inverses(s), actual.get(2), F32_TOLERANCE);
                assertSameBits(actual, forward(p, device, host, residual));
            }
        });
    }

    @ParameterizedTest(name = "{0} {1} {2} x {3}")
    @MethodSource("problems")
    void backwardIsThatOfTheOracleAndOfTheHost(ConformanceDevice kind, DType dtype, int rows, int columns) {
        kind.run((device, host) -> {
            Problem p = Problem.of(dtype, rows, columns, host);
            for (Wanted wanted : List.of(new Wanted(false, false, false), new Wanted(true, false, true), new Wanted(true, true, false))) {
                List<float[]> expected = backward(p, host, host, wanted);
                List<float[]> actual = backward(p, device, host, wanted);
                Oracle.assertWithinTwice("dx", inputGradient(p, wanted), expected.getFirst(), actual.getFirst(), 5e-3,
                    F32_TOLERANCE);
                double[] dw = wanted.weight ? p.oracle().weightGradient(Oracle.doubles(p.dy), Oracle.doubles(p.x)) : new double[columns];
                Arrays.setAll(dw, j -> dw[j] + p.weight[j]);
                Oracle.assertClose("dWeight on top of what was there", dw, actual.get(1), 1e-5);
                assertSameBits(actual, backward(p, device, host, wanted));
            }
        });
    }

    private static double[] inputGradient(Problem p, Wanted wanted) {
        double[] dx = p.oracle().inputGradient(Oracle.doubles(p.dy), Oracle.doubles(p.x), Oracle.doubles(p.weight));
        Arrays.setAll(dx, i -> dx[i] + (wanted.past ? p.dSum[i] : 0));
        return dx;
    }

    private static void assertSameBits(List<float[]> first, List<float[]> again) {
        for (int i = 0; i < first.size(); i++) {
            assertArrayEquals(first.get(i), again.get(i), "the same call gives the same bits");
        }
    }

    /** s, y and the inverse rms. */
    private static List<float[]> forward(Problem p, Device device, HostDevice host, boolean residual) {
        try (MemoryScope scope = device.openScope("test")) {
            DeviceArrays arrays = new DeviceArrays(device, host, scope);
            Buffer x = arrays.of(p.dtype, p.x);
            Buffer sum = residual ? arrays.poisoned(p.dtype, p.x.length) : null;
            Buffer y = arrays.poisoned(p.dtype, p.x.length);
            Buffer inverse = arrays.poisoned(DType.F32, p.rows);
            RmsNorm.on(device).forward(p.rows, p.columns, EPSILON, x, residual ? arrays.of(p.dtype, p.residual) : null,
                arrays.of(p.dtype, p.weight), sum, y, inverse);
            return List.of(arrays.floats(residual ? sum : x), arrays.floats(y), arrays.floats(inverse));
        }
    }

    /** dx and dw, which begins as w; the statistics are those of the host, so that only the backward is compared. */
    private static List<float[]> backward(Problem p, Device device, HostDevice host, Wanted wanted) {
        try (MemoryScope scope = device.openScope("test")) {
            DeviceArrays arrays = new DeviceArrays(device, host, scope);
            double[] inverses = p.oracle().inverses(Oracle.doubles(p.x));
            float[] inverse = new float[p.rows];
            for (int row = 0; row < p.rows; row++) {
                inverse[row] = (float) inverses[row];
            }
            Buffer dSum = wanted.past ? arrays.of(p.dtype, p.dSum) : null;
            Buffer dx = wanted.inPlace ? dSum : arrays.poisoned(p.dtype, p.x.length);
            Buffer dWeight = arrays.of(DType.F32, p.weight);
            RmsNorm.on(device).backward(p.rows, p.columns, arrays.of(p.dtype, p.dy), arrays.of(p.dtype, p.x), arrays.of(p.dtype, p.weight),
                arrays.of(DType.F32, inverse), dSum, dx, wanted.weight ? dWeight : null);
            return List.of(arrays.floats(dx), arrays.floats(dWeight));
        }
    }
}
