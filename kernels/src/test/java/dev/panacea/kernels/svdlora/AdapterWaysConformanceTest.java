package dev.panacea.kernels.svdlora;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.kernels.ConformanceDevice;
import dev.panacea.kernels.CublasStandIn;
import dev.panacea.kernels.DeviceArrays;
import dev.panacea.kernels.Oracle;
import dev.panacea.kernels.autotune.Autotune;
import dev.panacea.kernels.svdlora.Bf16SvdLoraProblem.Forward;
import dev.panacea.kernels.svdlora.Bf16SvdLoraProblem.Gradients;
import dev.panacea.kernels.svdlora.SvdLoraLinear.Path;
import dev.panacea.kernels.svdlora.SvdLoraLinear.Shape;
import dev.panacea.runtime.BadInputException;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every way of an adapted layer beside float64: on cuBLAS where there is a GPU, on a stand-in for it on the simulated one. */
@Isolated("sets a system property")
@Tag("cuda")
class AdapterWaysConformanceTest {
    // mma sums in another order and cuts off what float32 does not hold
    private static final double F32_TOLERANCE = 3e-6;

    // 8 divides all extents or not, and 16 the ranks
    private static final List<Shape> SHAPES = List.of(new Shape(1, 72, 40, 1, 1), new Shape(7, 33, 41, 3, 2),
        new Shape(129, 24, 40, 10, 5), new Shape(7, 130, 70, 17, 3), new Shape(7, 40, 137, 66, 2), new Shape(7, 72, 40, 16, 1));

    @TempDir
    private java.nio.file.Path folder;

    /** A way, and whether W0 has room. */
    private enum Setting {
        UNFUSED(AdapterWay.UNFUSED, false), AUGMENTED(AdapterWay.CUBLAS_AUGMENTED, false),
        AUGMENTED_IN_ROOM(AdapterWay.CUBLAS_AUGMENTED, true), TWO_PRODUCTS(AdapterWay.CUBLAS_UNFUSED, false),
        TWO_PRODUCTS_IN_ROOM(AdapterWay.CUBLAS_UNFUSED, true);

        private final AdapterWay way;
        private final boolean room;

        Setting(AdapterWay way, boolean room) {
            this.way = way;
            this.room = room;
        }

        SvdLoraLinear on(CudaDevice device) {
            SvdLoraLinear linear = SvdLoraLinear.on(device, AdapterWays.always(way));
            return room ? new LayerInRoom(device, linear) : linear;
        }
    }

    static Stream<Arguments> problems() {
        return Stream.of(ConformanceDevice.values()).flatMap(device -> SHAPES.stream().map(shape -> Arguments.of(device, shape)));
    }

    @ParameterizedTest
    @MethodSource("problems")
    void smallIntegersComeOutExact(ConformanceDevice where, Shape shape) {
        where.runWithCublas(CublasStandIn::new, (device, host) -> {
            // the adapter's part by itself must be one that bfloat16 holds, so few elements of x and dy are not 0
            var p = Bf16SvdLoraProblem.ofIntegers(host, shape).thinned(8);
            float[] y = DeviceArrays.rounded(host, DType.BF16, Oracle.floats(p.exactForward()));
            for (Setting setting : Setting.values()) {
                Forward forward = p.forward(device, setting.on(device), Path.AUGMENTED);
                assertArrayEquals(Oracle.floats(p.exactProjected()), forward.projected(), setting.name());
                assertArrayEquals(y, forward.y(), setting.name());
                boolean accumulate = shape.rows() != 7;
                double[][] exact = p.exactBackward(accumulate);
                Gradients gradients = p.backward(device, setting.on(device), accumulate);
                assertArrayEquals(DeviceArrays.rounded(host, DType.BF16, Oracle.floats(exact[0])), gradients.dx(), setting.name());
                assertArrayEquals(Oracle.floats(exact[1]), gradients.dLeft(), setting.name());
                assertArrayEquals(Oracle.floats(exact[2]), gradients.dRight(), setting.name());
                assertArrayEquals(Oracle.floats(exact[3]), gradients.dDiagonal(), setting.name());
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void staysAsCloseToFloat64AsTheHost(ConformanceDevice where) {
        where.runWithCublas(CublasStandIn::new, (device, host) -> {
            for (Shape shape : List.of(new Shape(40, 72, 40, 10, 3), new Shape(20, 33, 70, 66, 1))) {
                var p = Bf16SvdLoraProblem.ofNormals(host, shape);
                float[] twin = p.forward(host, Path.UNMERGED).y();
                float[] twinGradient = p.backward(host, true).dx();
                for (Setting setting : Setting.values()) {
                    float[] y = p.forward(device, setting.on(device), Path.AUGMENTED).y();
                    Oracle.assertWithinTwice(setting + " y", p.exactForward(), twin, y, 1e-2, F32_TOLERANCE);
                    float[] dx = p.backward(device, setting.on(device), true).dx();
                    Oracle.assertWithinTwice(setting + " dx", p.exactBackward(true)[0], twinGradient, dx, 1e-2, F32_TOLERANCE);
                }
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void theSameCallGivesTheSameBits(ConformanceDevice where) {
        where.runWithCublas(CublasStandIn::new, (device, host) -> {
            var p = Bf16SvdLoraProblem.ofNormals(host, new Shape(7, 33, 70, 17, 2));
            for (Setting setting : Setting.values()) {
                Forward once = p.forward(device, setting.on(device), Path.AUGMENTED);
                assertArrayEquals(once.y(), p.forward(device, setting.on(device), Path.AUGMENTED).y());
                float[] dx = p.backward(device, setting.on(device), true).dx();
                assertArrayEquals(dx, p.backward(device, setting.on(device), true).dx());
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void theAugmentedWayIsOneProduct(ConformanceDevice where) {
        where.runWithCublas(CublasStandIn::new, (device, host) -> {
            var p = Bf16SvdLoraProblem.ofIntegers(host, new Shape(7, 33, 41, 3, 2));
            p.backward(device, Setting.AUGMENTED_IN_ROOM.on(device), true);
            if (device.blas() instanceof CublasStandIn standIn) {
                assertEquals(List.of(new CublasStandIn.Call(7, 41, 33 + 16, 0), new CublasStandIn.Call(7, 33, 41 + 16, 1)),
                    standIn.calls());
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void measuringLeavesNoTraceInResults(ConformanceDevice where) {
        where.runWithCublas(CublasStandIn::new, (device, host) -> {
            var p = Bf16SvdLoraProblem.ofNormals(host, new Shape(7, 33, 40, 3, 2));
            Gradients fixed = p.backward(device, Setting.TWO_PRODUCTS.on(device), true);
            int[] turn = {0};
            // tried in turn are the own way, cuBLAS' two products, and its augmented one
            double[] times = {2, 1, 3};
            SvdLoraLinear measured = SvdLoraLinear.on(device, AdapterWays.measured(new Autotune(call -> {
                call.run();
                return times[turn[0]++ % times.length];
            }, folder.resolve("ways.json"))));
            Gradients gradients = p.backward(device, measured, true);
            assertArrayEquals(fixed.dx(), gradients.dx());
            assertArrayEquals(fixed.dLeft(), gradients.dLeft());
            assertArrayEquals(fixed.dRight(), gradients.dRight());
            assertEquals(2 * 3 * 7, turn[0], "two directions, three ways, seven turns");
            assertArrayEquals(gradients.dx(), p.backward(device, measured, true).dx());
            assertEquals(2 * 3 * 7, turn[0], "nothing is measured twice");
            assertTrue(read("ways.json").contains("input gradient, bfloat16, up to 8 rows, 33 to 40, 16 ranks"), read("ways.json"));
        });
    }

    private String read(String file) {
        try {
            return Files.readString(folder.resolve(file));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatCannotBeIsRefused(ConformanceDevice where) {
        where.runWithCublas(CublasStandIn::new, (device, host) -> {
            var p = Bf16SvdLoraProblem.ofIntegers(host, new Shape(2, 8, 8, 3, 1));
            var own = new LayerInRoom(device, SvdLoraLinear.on(device, AdapterWays.always(AdapterWay.FUSED)));
            for (Path path : Path.values()) {
                assertThrows(IllegalArgumentException.class, () -> p.forward(device, own, path), path.name());
            }
        });
        where.run((device, host) -> {
            var p = Bf16SvdLoraProblem.ofIntegers(host, new Shape(2, 8, 8, 3, 1));
            assertThrows(BadInputException.class, () -> p.forward(device, Setting.TWO_PRODUCTS.on(device), Path.AUGMENTED));
        });
    }

    @Test
    void onASimulatedDeviceTheOwnProductIsUsual() {
        ConformanceDevice.SIMULATOR.runWithCublas(CublasStandIn::new, (device, host) -> {
            Bf16SvdLoraProblem.ofIntegers(host, new Shape(2, 8, 8, 3, 1)).backward(device, false);
            assertEquals(List.of(), ((CublasStandIn) device.blas()).calls());
        });
    }

    @ParameterizedTest
    @EnumSource
    void aPropertyFixesTheWay(ConformanceDevice where) {
        where.runWithCublas(CublasStandIn::new, (device, host) -> {
            var p = Bf16SvdLoraProblem.ofNormals(host, new Shape(7, 33, 40, 3, 2));
            float[] expected = p.forward(device, Setting.TWO_PRODUCTS.on(device), Path.AUGMENTED).y();
            System.setProperty(AdapterWays.PROPERTY, "cublas-unfused");
            try {
                assertArrayEquals(expected, p.forward(device, Path.AUGMENTED).y());
                System.setProperty(AdapterWays.PROPERTY, "quick");
                String message = assertThrows(BadInputException.class, () -> SvdLoraLinear.on(device)).getMessage();
                assertEquals("panacea.adapter.way is quick; use auto, fused, unfused, cublas-augmented, cublas-unfused", message);
            } finally {
                System.clearProperty(AdapterWays.PROPERTY);
            }
        });
    }
}
