package dev.panacea.kernels.logprob;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.panacea.kernels.ConformanceDevice;
import dev.panacea.kernels.DeviceArrays;
import dev.panacea.kernels.Oracle;
import dev.panacea.kernels.cuda.ProductCard;
import dev.panacea.kernels.logprob.LinearLogProb.Shape;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.Device;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.MemoryScope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Log-probabilities on every CUDA device there is, held against float64, as the host twin is. */
@Tag("cuda")
class LinearLogProbConformanceTest {
    // float32 sums of logits, and exponentials that are off by 2 ulp
    private static final double F32_TOLERANCE = 3e-6;

    /** Inputs that bfloat16 holds exactly; dHead begins as the head. */
    private record Problem(Shape shape, float[] x, float[] head, int[] targets, float[] slopes) {

        static Problem of(HostDevice host, int rows, int columns, int vocabulary, double spread) {
            Random random = new Random(rows + 31L * columns + 961L * vocabulary);
            int[] targets = new int[rows];
            Arrays.setAll(targets, row -> random.nextInt(3) == 0 ? LinearLogProb.IGNORED : random.nextInt(vocabulary));
            float[] head = Oracle.normal(random, vocabulary * columns);
            for (int i = 0; i < head.length; i++) {
                head[i] *= (float) (spread / Math.sqrt(columns));
            }
            return new Problem(new Shape(rows, columns, vocabulary),
                DeviceArrays.rounded(host, DType.BF16, Oracle.normal(random, rows * columns)), DeviceArrays.rounded(host, DType.BF16, head),
                targets, Oracle.normal(random, rows));
        }

        LinearLogProbOracle oracle(DoubleUnaryOperator rounding) {
            return new LinearLogProbOracle(shape, Oracle.doubles(x), Oracle.doubles(head), targets, Oracle.doubles(slopes), rounding);
        }

        double[] frozen(double[] derivative) {
            double[] dx = derivative.clone();
            Arrays.setAll(dx, i -> dx[i] * slopes[i / shape.columns()]);
            return dx;
        }

        double[] onTopOfTheHead(double[] gradient) {
            double[] sum = gradient.clone();
            Arrays.setAll(sum, i -> sum[i] + head[i]);
            return sum;
        }
    }

    /** dHead was added to a copy of the head; alone is the log-probability without a derivative. */
    private record Result(float[] logProb, float[] alone, float[] derivative, float[] frozen, float[] dx, float[] dHead) {

        void assertSameBits(Result other) {
            assertArrayEquals(logProb, other.logProb);
            assertArrayEquals(derivative, other.derivative);
            assertArrayEquals(frozen, other.frozen);
            assertArrayEquals(dx, other.dx);
            assertArrayEquals(dHead, other.dHead);
        }
    }

    static Stream<Arguments> problems() {
        // the last goes in two chunks; from some 300 tokens on the second product is sliced
        double[][] shapes = {{1, 72, 300, 2}, {37, 33, 130, 2}, {130, 40, 64, 2}, {9, 130, 517, 20}, {201, 136, 331, 2}};
        List<Arguments> problems = new ArrayList<>();
        for (ConformanceDevice device : ConformanceDevice.values()) {
            for (double[] shape : shapes) {
                problems.add(Arguments.of(device, (int) shape[0], (int) shape[1], (int) shape[2], shape[3]));
            }
        }
        return problems.stream();
    }

    @ParameterizedTest
    @MethodSource("problems")
    void errsByNoMoreThanTheRoundingOfWhatIsStored(ConformanceDevice where, int rows, int columns, int vocabulary, double spread) {
        where.run((device, host) -> {
            Problem p = Problem.of(host, rows, columns, vocabulary, spread);
            p.targets[0] = vocabulary - 1;
            for (DType dtype : List.of(DType.F32, DType.BF16)) {
                check(p, dtype, run(LinearLogProb.on(host), p, host, host, dtype));
                Result result = run(inSmallChunks(device), p, device, host, dtype);
                check(p, dtype, result);
                assertArrayEquals(result.logProb, result.alone, "with and without a derivative");
                result.assertSameBits(run(inSmallChunks(device), p, device, host, dtype));
            }
        });
    }

    // chunks of 128 rows; wide blocks wherever C has more than one tile
    private static LinearLogProb inSmallChunks(CudaDevice device) {
        return new CudaLinearLogProb(device, new ChunkPlan.Limits(1, new ProductCard(1)));
    }

    // At most twice the error of the same products in float64 whose operands, and results, are rounded as they must be stored.
    private static void check(Problem p, DType dtype, Result actual) {
        LinearLogProbOracle exact = p.oracle(DoubleUnaryOperator.identity());
        LinearLogProbOracle rounded = p.oracle(LinearLogProbConformanceTest::toBf16);
        Oracle.assertClose("logProb", exact.logProb, actual.logProb, F32_TOLERANCE);
        double[] derivative = stored(rounded.derivative, dtype);
        check("derivative", exact.derivative, derivative, actual.derivative);
        check("dx of a frozen head", p.frozen(exact.derivative), stored(p.frozen(derivative), dtype), actual.frozen);
        check("dx", exact.dx, stored(rounded.dx, dtype), actual.dx);
        check("dHead", p.onTopOfTheHead(exact.dHead), p.onTopOfTheHead(rounded.dHead), actual.dHead);
    }

    private static void check(String what, double[] exact, double[] rounded, float[] actual) {
        Oracle.assertClose(what, exact, actual, 2 * Oracle.relativeError(exact, rounded));
    }

    private static double[] stored(double[] values, DType dtype) {
        return dtype == DType.F32 ? values : Arrays.stream(values).map(LinearLogProbConformanceTest::toBf16).toArray();
    }

    // to nearest, ties to even
    private static double toBf16(double value) {
        int bits = Float.floatToRawIntBits((float) value);
        return Float.intBitsToFloat(bits + 0x7fff + (bits >>> 16 & 1) & 0xffff0000);
    }

    @ParameterizedTest
    @EnumSource
    void rowsWithoutTargetGiveNothing(ConformanceDevice where) {
        where.run((device, host) -> {
            Problem p = Problem.of(host, 140, 24, 70, 2);
            Arrays.fill(p.targets, LinearLogProb.IGNORED);
            Result result = run(LinearLogProb.on(device), p, device, host, DType.BF16);
            assertArrayEquals(new float[140], result.logProb);
            assertArrayEquals(new float[140 * 24], result.derivative);
            assertArrayEquals(new float[140 * 24], result.dx);
            assertArrayEquals(p.head, result.dHead);
        });
    }

    @ParameterizedTest
    @EnumSource
    void targetsOutsideTheVocabularyGiveNanInTheirRowsAlone(ConformanceDevice where) {
        where.run((device, host) -> {
            Problem good = Problem.of(host, 12, 20, 70, 2);
            Problem bad = new Problem(good.shape, good.x, good.head, good.targets.clone(), good.slopes);
            bad.targets[2] = 70;
            bad.targets[5] = -2;
            bad.targets[11] = Integer.MIN_VALUE;
            good.targets[2] = good.targets[5] = good.targets[11] = LinearLogProb.IGNORED;
            Result expected = run(LinearLogProb.on(device), good, device, host, DType.F32);
            Result actual = run(LinearLogProb.on(device), bad, device, host, DType.F32);
            for (int row : new int[] {2, 5, 11}) {
                expected.logProb[row] = Float.NaN;
                for (float[] matrix : List.of(expected.derivative, expected.frozen, expected.dx)) {
                    Arrays.fill(matrix, row * 20, row * 20 + 20, Float.NaN);
                }
            }
            expected.assertSameBits(actual);
        });
    }

    @ParameterizedTest
    @EnumSource
    void logitsOfSmallIntegersComeOutExact(ConformanceDevice where) {
        where.run((device, host) -> {
            Random random = new Random(5);
            float[] x = new float[3 * 40];
            float[] head = new float[150 * 40];
            for (float[] values : List.of(x, head)) {
                for (int i = 0; i < values.length; i++) {
                    values[i] = random.nextInt(7) - 3;
                }
            }
            Problem p = new Problem(new Shape(3, 40, 150), x, head, new int[3], new float[3]);
            try (MemoryScope scope = device.openScope("test")) {
                DeviceArrays arrays = new DeviceArrays(device, host, scope);
                Buffer logits = arrays.poisoned(DType.F32, 450);
                LinearLogProb.on(device).logits(p.shape, arrays.of(DType.BF16, x), arrays.of(DType.BF16, head), logits);
                double[] expected = p.oracle(DoubleUnaryOperator.identity()).logits;
                float[] actual = logits.toFloats();
                for (int i = 0; i < expected.length; i++) {
                    assertEquals((float) expected[i], actual[i]);
                }
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void refusesWhatItHasNoKernelsFor(ConformanceDevice where) {
        where.run((device, host) -> {
            try (MemoryScope scope = device.openScope("test")) {
                DeviceArrays arrays = new DeviceArrays(device, host, scope);
                Buffer narrow = arrays.of(DType.BF16, 1, 2, 3, 4);
                Buffer wide = arrays.of(DType.F32, 1, 2, 3, 4);
                Buffer targets = arrays.of(0, 1);
                LinearLogProb kernel = LinearLogProb.on(device);
                Shape shape = new Shape(2, 2, 2);
                assertThrows(IllegalArgumentException.class, () -> kernel.forward(shape, wide, narrow, targets, wide, null));
                assertThrows(IllegalArgumentException.class, () -> kernel.forward(shape, narrow, wide, targets, wide, null));
                assertThrows(IllegalArgumentException.class, () -> kernel.forward(shape, narrow, narrow, targets, narrow, null));
                assertThrows(IllegalArgumentException.class, () -> kernel.backwardFrozen(shape, wide, narrow, wide));
                assertThrows(IllegalArgumentException.class, () -> kernel.forward(new Shape(2, 0, 2), narrow, narrow, targets, wide, null));
            }
        });
    }

    private static Result run(LinearLogProb kernel, Problem p, Device device, HostDevice host, DType dtype) {
        try (MemoryScope scope = device.openScope("test")) {
            DeviceArrays arrays = new DeviceArrays(device, host, scope);
            Buffer x = arrays.of(DType.BF16, p.x);
            Buffer head = arrays.of(DType.BF16, p.head);
            Buffer targets = arrays.of(p.targets);
            Buffer slopes = arrays.of(DType.F32, p.slopes);
            Buffer logProb = arrays.poisoned(DType.F32, p.shape.rows());
            Buffer alone = arrays.poisoned(DType.F32, p.shape.rows());
            Buffer derivative = arrays.poisoned(dtype, p.x.length);
            Buffer frozen = arrays.poisoned(dtype, p.x.length);
            Buffer dx = arrays.poisoned(dtype, p.x.length);
            Buffer dHead = arrays.of(DType.F32, p.head);
            kernel.forward(p.shape, x, head, targets, logProb, derivative);
            kernel.forward(p.shape, x, head, targets, alone, null);
            kernel.backwardFrozen(p.shape, slopes, derivative, frozen);
            kernel.backward(p.shape, slopes, x, head, targets, logProb, dx, dHead);
            return new Result(logProb.toFloats(), alone.toFloats(), arrays.floats(derivative), arrays.floats(frozen), arrays.floats(dx),
                dHead.toFloats());
        }
    }
}
