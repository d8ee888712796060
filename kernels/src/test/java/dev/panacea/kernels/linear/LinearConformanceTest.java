package dev.panacea.kernels.linear;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.kernels.ConformanceDevice;
import dev.panacea.kernels.CublasStandIn;
import dev.panacea.kernels.DeviceArrays;
import dev.panacea.kernels.Oracle;
import dev.panacea.kernels.autotune.Autotune;
import dev.panacea.kernels.cuda.ProductCard;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.Device;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.MemoryScope;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Linear layers on every CUDA device there is: the bits of small integers, and float64 for the rest. */
@Tag("cuda")
class LinearConformanceTest {
    // mma sums in another order and cuts off what float32 does not hold
    private static final double F32_TOLERANCE = 3e-6;

    @TempDir
    private Path folder;

    /** Inputs that bfloat16 holds exactly; results begin as {@code before}. */
    private record Problem(int rows, int inputs, int outputs, float[] x, float[] weight, float[] dy, float[] before, float[] dWeight) {

        static Problem of(int rows, int inputs, int outputs, IntFunction<float[]> draw) {
            return new Problem(rows, inputs, outputs, draw.apply(rows * inputs), draw.apply(outputs * inputs), draw.apply(rows * outputs),
                draw.apply(rows * inputs), draw.apply(outputs * inputs));
        }

        static Problem ofIntegers(int rows, int inputs, int outputs) {
            Random random = new Random(rows + 31L * inputs + 961L * outputs);
            return of(rows, inputs, outputs, count -> {
                float[] values = new float[count];
                for (int i = 0; i < count; i++) {
                    values[i] = random.nextInt(5) - 2;
                }
                return values;
            });
        }

        static Problem ofNormals(HostDevice host, int rows, int inputs, int outputs) {
            Random random = new Random(rows + 31L * inputs + 961L * outputs);
            return of(rows, inputs, outputs, count -> DeviceArrays.rounded(host, DType.BF16, Oracle.normal(random, count)));
        }

        double[] y() {
            return product(rows, outputs, inputs, x, inputs, 1, weight, 1, inputs);
        }

        double[] dx(boolean accumulate) {
            double[] dx = product(rows, inputs, outputs, dy, outputs, 1, weight, inputs, 1);
            Arrays.setAll(dx, i -> dx[i] + (accumulate ? before[i] : 0));
            return dx;
        }

        double[] weightGradient() {
            double[] dw = product(outputs, inputs, rows, dy, 1, outputs, x, inputs, 1);
            Arrays.setAll(dw, i -> dw[i] + dWeight[i]);
            return dw;
        }
    }

    // Σ_k a(i, k)·b(k, j), the strides saying what is transposed
    private static double[] product(int m, int n, int k, float[] a, int aRow, int aColumn, float[] b, int bRow, int bColumn) {
        double[] c = new double[m * n];
        for (int i = 0; i < c.length; i++) {
            for (int p = 0; p < k; p++) {
                c[i] += (double) a[i / n * aRow + p * aColumn] * b[p * bRow + i % n * bColumn];
            }
        }
        return c;
    }

    static Stream<Arguments> problems() {
        // tiles are 128 x 128 x 32; 8 divides all extents or not; from a depth of about 300 on it is cut into slices
        int[][] shapes = {{1, 72, 136}, {7, 33, 41}, {129, 64, 130}, {200, 136, 264}, {3, 512, 40}, {130, 9, 477}, {512, 40, 24}};
        List<Arguments> problems = new ArrayList<>();
        for (ConformanceDevice device : ConformanceDevice.values()) {
            for (int[] shape : shapes) {
                problems.add(Arguments.of(device, shape[0], shape[1], shape[2]));
            }
        }
        return problems.stream();
    }

    @ParameterizedTest
    @MethodSource("problems")
    void smallIntegersComeOutExact(ConformanceDevice where, int rows, int inputs, int outputs) {
        where.run((device, host) -> {
            assertExact(Linear.on(device), Problem.ofIntegers(rows, inputs, outputs), device, host);
        });
    }

    @ParameterizedTest
    @EnumSource
    void wideBlocksComputeTheSame(ConformanceDevice where) {
        // a card of one block gets wide ones wherever C has more than one tile
        where.run((device, host) -> {
            assertExact(new CudaLinear(device, new ProductCard(1)), Problem.ofIntegers(200, 136, 264), device, host);
        });
    }

    @ParameterizedTest
    @EnumSource
    void cublasComputesTheSame(ConformanceDevice where) {
        where.runWithCublas(CublasStandIn::new, (device, host) -> {
            for (int[] shape : new int[][] {{1, 72, 136}, {7, 33, 41}}) {
                assertExact(Linear.onCublas(device), Problem.ofIntegers(shape[0], shape[1], shape[2]), device, host);
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void theQuickerOfBothComputesTheSame(ConformanceDevice where) {
        where.runWithCublas(CublasStandIn::new, (device, host) -> {
            int[] turn = {0};
            // ways are tried in turn, the own one first: every second call is cuBLAS', and the quicker
            Linear measured = Linear.measured(device, new Autotune(call -> {
                call.run();
                return turn[0]++ % 2 == 0 ? 2 : 1;
            }, folder.resolve("ways.json")));
            assertExact(measured, Problem.ofIntegers(7, 33, 41), device, host);
            assertEquals(2 * 7 * 4, turn[0], "two directions and dtypes, each measured once");
        });
    }

    private static void assertExact(Linear linear, Problem p, Device device, HostDevice host) {
        assertArrayEquals(Oracle.floats(p.y()), forward(linear, p, device, host, DType.F32));
        assertArrayEquals(DeviceArrays.rounded(host, DType.BF16, Oracle.floats(p.y())), forward(linear, p, device, host, DType.BF16));
        for (boolean accumulate : new boolean[] {false, true}) {
            List<float[]> gradients = backward(linear, p, device, host, DType.F32, accumulate);
            assertArrayEquals(Oracle.floats(p.dx(accumulate)), gradients.get(0));
            assertArrayEquals(Oracle.floats(p.weightGradient()), gradients.get(1));
            float[] narrow = DeviceArrays.rounded(host, DType.BF16, Oracle.floats(p.dx(accumulate)));
            assertArrayEquals(narrow, backward(linear, p, device, host, DType.BF16, accumulate).getFirst());
        }
    }

    @ParameterizedTest
    @EnumSource
    void staysAsCloseToFloat64AsTheHost(ConformanceDevice where) {
        where.run((device, host) -> {
            for (int[] shape : new int[][] {{129, 200, 72}, {70, 33, 515}}) {
                Problem p = Problem.ofNormals(host, shape[0], shape[1], shape[2]);
                for (DType dtype : List.of(DType.F32, DType.BF16)) {
                    Linear linear = Linear.on(device);
                    float[] y = forward(linear, p, device, host, dtype);
                    Oracle.assertWithinTwice("y", p.y(), forward(Linear.on(host), p, host, host, dtype), y, 4e-3, F32_TOLERANCE);
                    assertArrayEquals(y, forward(linear, p, device, host, dtype), "the same call gives the same bits");
                    List<float[]> twin = backward(Linear.on(host), p, host, host, dtype, true);
                    List<float[]> gradients = backward(linear, p, device, host, dtype, true);
                    Oracle.assertWithinTwice("dx", p.dx(true), twin.get(0), gradients.get(0), 4e-3, F32_TOLERANCE);
                    Oracle.assertWithinTwice("dWeight", p.weightGradient(), twin.get(1), gradients.get(1), 4e-3, F32_TOLERANCE);
                    List<float[]> again = backward(linear, p, device, host, dtype, true);
                    assertArrayEquals(gradients.get(0), again.get(0), "the same call gives the same bits");
                    assertArrayEquals(gradients.get(1), again.get(1), "the same call gives the same bits");
                }
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void leavesOutWhatNobodyWantsAndTakesNoRows(ConformanceDevice where) {
        where.run((device, host) -> {
            try (MemoryScope scope = device.openScope("test")) {
                DeviceArrays arrays = new DeviceArrays(device, host, scope);
                Buffer x = arrays.of(DType.BF16, 1, 2, 3, 4);
                Buffer weight = arrays.of(DType.BF16, 1, 0, 0, 1);
                Buffer dy = arrays.of(DType.BF16, 5, 6, 7, 8);
                Buffer dx = arrays.poisoned(DType.BF16, 4);
                Buffer dWeight = arrays.of(DType.F32, 0, 0, 0, 0);
                Linear linear = Linear.on(device);
                linear.backward(2, 2, 2, dy, null, weight, dx, false, null);
                linear.backward(2, 2, 2, dy, x, null, null, false, dWeight);
                linear.forward(0, 2, 2, x, weight, dx);
                linear.backward(0, 2, 2, dy, x, weight, dx, false, dWeight);
                assertArrayEquals(new float[] {5, 6, 7, 8}, arrays.floats(dx));
                assertArrayEquals(new float[] {26, 38, 30, 44}, dWeight.toFloats());
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
                assertRefused(device, wide, narrow, narrow);
                assertRefused(device, narrow, wide, narrow);
                assertRefused(device, narrow, narrow, narrow.slice(0, 3));
                assertThrows(IllegalArgumentException.class,
                    () -> Linear.on(device).backward(2, 2, 2, narrow, narrow, narrow, wide, false, narrow));
                assertThrows(IllegalArgumentException.class, () -> Linear.on(device).forward(2, 0, 2, narrow, narrow, wide));
            }
        });
    }

    private static void assertRefused(CudaDevice device, Buffer x, Buffer weight, Buffer y) {
        assertThrows(IllegalArgumentException.class, () -> Linear.on(device).forward(2, 2, 2, x, weight, y));
    }

    private static float[] forward(Linear linear, Problem p, Device device, HostDevice host, DType dtype) {
        try (MemoryScope scope = device.openScope("test")) {
            DeviceArrays arrays = new DeviceArrays(device, host, scope);
            Buffer y = arrays.poisoned(dtype, (long) p.rows * p.outputs);
            linear.forward(p.rows, p.inputs, p.outputs, arrays.of(DType.BF16, p.x), arrays.of(DType.BF16, p.weight), y);
            return arrays.floats(y);
        }
    }

    /** dx and dWeight. */
    private static List<float[]> backward(Linear linear, Problem p, Device device, HostDevice host, DType dtype, boolean accumulate) {
        try (MemoryScope scope = device.openScope("test")) {
            DeviceArrays arrays = new DeviceArrays(device, host, scope);
            Buffer dx = accumulate ? arrays.of(dtype, p.before) : arrays.poisoned(dtype, p.before.length);
            Buffer dWeight = arrays.of(DType.F32, p.dWeight);
            linear.backward(p.rows, p.inputs, p.outputs, arrays.of(DType.BF16, p.dy), arrays.of(DType.BF16, p.x),
                arrays.of(DType.BF16, p.weight), dx, accumulate, dWeight);
            return List.of(arrays.floats(dx), dWeight.toFloats());
        }
    }
}
