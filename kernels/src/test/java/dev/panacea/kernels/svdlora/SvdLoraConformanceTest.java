package dev.panacea.kernels.svdlora;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.kernels.ConformanceDevice;
import dev.panacea.kernels.DeviceArrays;
import dev.panacea.kernels.Oracle;
import dev.panacea.kernels.cuda.ProductCard;
import dev.panacea.kernels.svdlora.Bf16SvdLoraProblem.Forward;
import dev.panacea.kernels.svdlora.Bf16SvdLoraProblem.Gradients;
import dev.panacea.kernels.svdlora.SvdLoraLinear.Path;
import dev.panacea.kernels.svdlora.SvdLoraLinear.Shape;
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
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Adapted layers on every CUDA device there is: the bits of small integers, and float64 beside the host twin for the rest. */
@Tag("cuda")
class SvdLoraConformanceTest {
    // mma sums in another order and cuts off what float32 does not hold
    private static final double F32_TOLERANCE = 3e-6;

    // Tiles are 128 x 128 x 32 and 256 x 64; 8 divides all extents or not; 520 is cut into slices; 66 and 100 ranks take a wider pass and
    // two groups; 8,449 rows are more than there may be parts.
    private static final List<Shape> SHAPES = List.of(new Shape(1, 72, 40, 1, 1), new Shape(7, 33, 41, 3, 2),
        new Shape(129, 64, 136, 10, 5), new Shape(129, 130, 70, 17, 129), new Shape(129, 200, 137, 66, 3), new Shape(7, 520, 24, 16, 1),
        new Shape(260, 72, 40, 100, 2), new Shape(7, 24, 40, 272, 1), new Shape(8_449, 9, 8, 2, 2));

    static Stream<Arguments> problems() {
        List<Arguments> problems = new ArrayList<>();
        for (ConformanceDevice device : ConformanceDevice.values()) {
            SHAPES.forEach(shape -> problems.add(Arguments.of(device, shape)));
        }
        return problems.stream();
    }

    private static List<Path> paths(Shape shape) {
        return shape.preferences() == 1 ? List.of(Path.values()) : List.of(Path.UNMERGED, Path.AUGMENTED);
    }

    @ParameterizedTest
    @MethodSource("problems")
    void smallIntegersComeOutExact(ConformanceDevice where, Shape shape) {
        where.run((device, host) -> {
            var p = Bf16SvdLoraProblem.ofIntegers(host, shape);
            float[] y = DeviceArrays.rounded(host, DType.BF16, Oracle.floats(p.exactForward()));
            for (Path path : paths(shape)) {
                Forward forward = p.forward(device, path);
                assertArrayEquals(Oracle.floats(p.exactProjected()), forward.projected(), path.name());
                assertArrayEquals(y, forward.y(), path.name());
            }
            for (boolean accumulate : new boolean[] {false, true}) {
                double[][] exact = p.exactBackward(accumulate);
                Gradients gradients = p.backward(device, accumulate);
                assertArrayEquals(DeviceArrays.rounded(host, DType.BF16, Oracle.floats(exact[0])), gradients.dx());
                assertFactors(Oracle.floats(exact[1]), Oracle.floats(exact[2]), Oracle.floats(exact[3]), gradients);
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void wideBlocksComeOutExact(ConformanceDevice where) {
        where.run((device, host) -> {
            // a card of one block gets wide ones wherever a result has more than one tile
            var p = Bf16SvdLoraProblem.ofIntegers(host, new Shape(130, 264, 136, 10, 2));
            SvdLoraLinear wide = new CudaSvdLoraLinear(device, new ProductCard(1), AdapterWays.always(AdapterWay.FUSED));
            float[] y = DeviceArrays.rounded(host, DType.BF16, Oracle.floats(p.exactForward()));
            assertArrayEquals(y, p.forward(device, wide, Path.AUGMENTED).y());
            float[] dx = DeviceArrays.rounded(host, DType.BF16, Oracle.floats(p.exactBackward(true)[0]));
            assertArrayEquals(dx, p.backward(device, wide, true).dx());
        });
    }

    private static void assertFactors(float[] dLeft, float[] dRight, float[] dDiagonal, Gradients actual) {
        assertArrayEquals(dLeft, actual.dLeft(), "dU");
        assertArrayEquals(dRight, actual.dRight(), "dV");
        assertArrayEquals(dDiagonal, actual.dDiagonal(), "dDiagonal");
    }

    static Stream<Arguments> normals() {
        List<Shape> shapes = List.of(new Shape(129, 200, 72, 10, 3), new Shape(70, 33, 515, 66, 1), new Shape(300, 96, 40, 17, 7));
        return Stream.of(ConformanceDevice.values()).flatMap(device -> shapes.stream().map(shape -> Arguments.of(device, shape)));
    }

    @ParameterizedTest
    @MethodSource("normals")
    void staysAsCloseToFloat64AsTheHost(ConformanceDevice where, Shape shape) {
        where.run((device, host) -> {
            var p = Bf16SvdLoraProblem.ofNormals(host, shape);
            for (Path path : paths(shape)) {
                Forward forward = p.forward(device, path);
                Forward twin = p.forward(host, path);
                Oracle.assertWithinTwice(path + " y", p.exactForward(), twin.y(), forward.y(), 1e-2, F32_TOLERANCE);
                Oracle.assertWithinTwice(path + " x·V", p.exactProjected(), twin.projected(), forward.projected(), 1e-2, F32_TOLERANCE);
            }
            double[][] exact = p.exactBackward(true);
            Gradients gradients = p.backward(device, true);
            Gradients twin = p.backward(host, true);
            Oracle.assertWithinTwice("dx", exact[0], twin.dx(), gradients.dx(), 1e-2, F32_TOLERANCE);
            Oracle.assertWithinTwice("dU", exact[1], twin.dLeft(), gradients.dLeft(), 1e-2, F32_TOLERANCE);
            Oracle.assertWithinTwice("dV", exact[2], twin.dRight(), gradients.dRight(), 1e-2, F32_TOLERANCE);
            Oracle.assertWithinTwice("dDiagonal", exact[3], twin.dDiagonal(), gradients.dDiagonal(), 1e-2, F32_TOLERANCE);
        });
    }

    @ParameterizedTest
    @EnumSource
    void theSameCallGivesTheSameBits(ConformanceDevice where) {
        where.run((device, host) -> {
            var p = Bf16SvdLoraProblem.ofNormals(host, new Shape(260, 300, 40, 17, 3));
            for (Path path : paths(p.shape())) {
                assertArrayEquals(p.forward(device, path).y(), p.forward(device, path).y());
            }
            Gradients once = p.backward(device, false);
            Gradients again = p.backward(device, false);
            assertArrayEquals(once.dx(), again.dx());
            assertFactors(once.dLeft(), once.dRight(), once.dDiagonal(), again);
            assertFactors(once.dLeft(), once.dRight(), once.dDiagonal(), p.backwardWithoutInput(device));
        });
    }

    @ParameterizedTest
    @EnumSource
    void mergesAsTheHostDoes(ConformanceDevice where) {
        where.run((device, host) -> {
            for (Shape shape : List.of(new Shape(1, 136, 72, 10, 1), new Shape(1, 33, 129, 66, 1))) {
                var integers = Bf16SvdLoraProblem.ofIntegers(host, shape);
                assertArrayEquals(Oracle.floats(integers.exactMerged()), integers.merged(device));
                var normals = Bf16SvdLoraProblem.ofNormals(host, shape);
                Oracle.assertWithinTwice("merged W", normals.exactMerged(), normals.merged(host), normals.merged(device), 1e-2,
                    F32_TOLERANCE);
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void diagonalsAndTheirGradientsAreTheHosts(ConformanceDevice where) {
        where.run((device, host) -> {
            for (int[] e : new int[][] {{3, 2, 5}, {1, 0, 1}, {64, 2, 1}, {300, 16, 40}}) {
                float[] onDevice = diagonals(device, host, e[0], e[1], e[2]);
                assertArrayEquals(diagonals(host, host, e[0], e[1], e[2]), onDevice, Arrays.toString(e));
            }
        });
    }

    /** d, dσ and ds, one behind the other. */
    private static float[] diagonals(Device device, HostDevice host, int k, int m, int preferences) {
        try (MemoryScope scope = device.openScope("test")) {
            DeviceArrays arrays = new DeviceArrays(device, host, scope);
            SvdLoraLinear linear = SvdLoraLinear.on(device);
            Buffer lambda = arrays.of(DType.F32, drawn(3, Math.max(preferences * m, 1)));
            Buffer scale = m == 0 ? null : arrays.of(DType.F32, 0.7f);
            Buffer d = arrays.poisoned(DType.F32, (long) preferences * (k + m));
            linear.diagonal(k, m, preferences, 64f / k, arrays.of(DType.F32, drawn(4, k)), scale, lambda, d);
            Buffer dSingular = arrays.of(DType.F32, drawn(5, k));
            Buffer dScale = m == 0 ? null : arrays.of(DType.F32, 0.3f);
            linear.diagonalBackward(k, m, preferences, 64f / k, lambda, arrays.of(DType.F32, drawn(6, preferences * (k + m))), dSingular,
                dScale);
            return joined(d.toFloats(), dSingular.toFloats(), m == 0 ? new float[0] : dScale.toFloats());
        }
    }

    // multiples of 1/8, of which sums are exact in any order
    private static float[] drawn(int seed, int count) {
        var random = new Random(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (random.nextInt(65) - 32) / 8f;
        }
        return values;
    }

    private static float[] joined(float[]... parts) {
        float[] all = new float[Stream.of(parts).mapToInt(part -> part.length).sum()];
        int at = 0;
        for (float[] part : parts) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        return all;
    }

    @ParameterizedTest
    @EnumSource
    void aPreferenceThatIsNotThereGivesNaN(ConformanceDevice where) {
        where.run((device, host) -> {
            var p = Bf16SvdLoraProblem.ofIntegers(host, new Shape(4, 16, 8, 3, 2));
            int[] good = {0, 1, 1, 0};
            float[] expected = DeviceArrays.rounded(host, DType.BF16, Oracle.floats(p.withPreferences(good).exactForward()));
            Arrays.fill(expected, 8, 24, Float.NaN);
            var bad = p.withPreferences(0, 2, -1, 0);
            assertArrayEquals(expected, bad.forward(device, Path.AUGMENTED).y());
            assertArrayEquals(expected, bad.forward(device, Path.UNMERGED).y());
            Gradients gradients = bad.backward(device, false);
            for (int i = 0; i < gradients.dx().length; i++) {
                assertEquals(i / 16 == 1 || i / 16 == 2, Float.isNaN(gradients.dx()[i]), "dx " + i);
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
                SvdLoraLinear linear = SvdLoraLinear.on(device);
                Shape two = new Shape(2, 2, 2, 2, 2);
                Shape one = new Shape(2, 2, 2, 2, 1);
                assertThrows(IllegalArgumentException.class,
                    () -> linear.forward(two, Path.MERGED, narrow, narrow, narrow, narrow, wide, null, wide, narrow));
                assertThrows(IllegalArgumentException.class,
                    () -> linear.forward(two, Path.AUGMENTED, narrow, narrow, narrow, narrow, wide, null, wide, narrow));
                assertThrows(IllegalArgumentException.class,
                    () -> linear.forward(one, Path.AUGMENTED, wide, narrow, narrow, narrow, wide, null, wide, narrow));
                assertThrows(IllegalArgumentException.class,
                    () -> linear.forward(one, Path.AUGMENTED, narrow, narrow, narrow, narrow, wide, null, narrow, narrow));
                assertThrows(IllegalArgumentException.class, () -> linear.backward(one, narrow, narrow, narrow, narrow, narrow, wide, null,
                    wide, narrow, false, wide, narrow, wide));
                assertThrows(IllegalArgumentException.class, () -> linear.diagonal(2, 1, 1, 1, wide, null, wide, wide));
                Shape empty = new Shape(0, 2, 2, 2, 1);
                linear.forward(empty, Path.AUGMENTED, narrow, narrow, narrow, narrow, wide, null, wide, narrow);
                linear.backward(empty, narrow, narrow, narrow, narrow, narrow, wide, null, wide, null, false, wide, wide, wide);
                assertArrayEquals(new float[] {1, 2, 3, 4}, wide.toFloats());
            }
        });
    }
}
