package dev.panacea.kernels.svdlora;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.panacea.kernels.ConformanceDevice;
import dev.panacea.kernels.DeviceArrays;
import dev.panacea.kernels.Oracle;
import dev.panacea.kernels.svdlora.Bf16GroupProblem.Backward;
import dev.panacea.kernels.svdlora.Bf16GroupProblem.Extent;
import dev.panacea.kernels.svdlora.Bf16SvdLoraProblem.Forward;
import dev.panacea.kernels.svdlora.Bf16SvdLoraProblem.Gradients;
import dev.panacea.kernels.svdlora.SvdLoraGroup.Member;
import dev.panacea.kernels.svdlora.SvdLoraLinear.Path;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.MemoryScope;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Layers that share their input on every CUDA device: the bits of a call for each, and of small integers, and float64 for the rest. */
@Tag("cuda")
class SvdLoraGroupConformanceTest {
    private static final double F32_TOLERANCE = 3e-6;

    // ranks that fill pages or not, in one width of a pass or two; rows of one block and of two
    private record Case(int rows, int inputs, int preferences, Extent... layers) {
        Bf16GroupProblem ofIntegers(HostDevice host) {
            return Bf16GroupProblem.of(host, rows, inputs, preferences, List.of(layers), Bf16SvdLoraProblem::ofIntegers);
        }

        Bf16GroupProblem ofNormals(HostDevice host) {
            return Bf16GroupProblem.of(host, rows, inputs, preferences, List.of(layers), Bf16SvdLoraProblem::ofNormals);
        }
    }

    private static final List<Case> CASES = List.of(
        new Case(1, 72, 1, new Extent(40, 1), new Extent(24, 17), new Extent(8, 10)),
        new Case(7, 33, 2, new Extent(41, 3), new Extent(16, 66), new Extent(24, 1)),
        new Case(129, 130, 5, new Extent(70, 17), new Extent(41, 10)),
        new Case(129, 72, 3, new Extent(24, 66), new Extent(16, 10), new Extent(17, 3)),
        new Case(260, 200, 2, new Extent(40, 10), new Extent(16, 16), new Extent(16, 10)));

    static Stream<Arguments> cases() {
        return Stream.of(ConformanceDevice.values()).flatMap(device -> CASES.stream().map(one -> Arguments.of(device, one)));
    }

    private static List<Path> paths(Case one) {
        return one.preferences == 1 ? List.of(Path.values()) : List.of(Path.UNMERGED, Path.AUGMENTED);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void smallIntegersComeOutExact(ConformanceDevice where, Case one) {
        where.run((device, host) -> {
            var p = one.ofIntegers(host);
            for (Path path : paths(one)) {
                List<Forward> results = p.forward(device, path);
                for (int i = 0; i < results.size(); i++) {
                    var layer = p.layers().get(i);
                    assertArrayEquals(Oracle.floats(layer.exactProjected()), results.get(i).projected(), path + " x·V " + i);
                    assertArrayEquals(rounded(host, layer.exactForward()), results.get(i).y(), path + " y " + i);
                }
            }
            Backward backward = p.backward(device, true, true);
            assertArrayEquals(rounded(host, p.exactInputGradient(true)), backward.dx(), "dx");
            for (int i = 0; i < backward.layers().size(); i++) {
                double[][] exact = p.layers().get(i).exactBackward(true);
                assertFactors(i, new Gradients(null, Oracle.floats(exact[1]), Oracle.floats(exact[2]), Oracle.floats(exact[3])),
                    backward.layers().get(i));
            }
        });
    }

    private static float[] rounded(HostDevice host, double[] values) {
        return DeviceArrays.rounded(host, DType.BF16, Oracle.floats(values));
    }

    private static void assertFactors(int layer, Gradients expected, Gradients actual) {
        assertArrayEquals(expected.dLeft(), actual.dLeft(), "dU " + layer);
        assertArrayEquals(expected.dRight(), actual.dRight(), "dV " + layer);
        assertArrayEquals(expected.dDiagonal(), actual.dDiagonal(), "dDiagonal " + layer);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void givesTheBitsOfACallForEachLayer(ConformanceDevice where, Case one) {
        where.run((device, host) -> {
            var p = one.ofNormals(host);
            List<Forward> together = p.forward(device, Path.AUGMENTED);
            List<Forward> apart = p.apartForward(device, Path.AUGMENTED);
            for (int i = 0; i < apart.size(); i++) {
                assertArrayEquals(apart.get(i).projected(), together.get(i).projected(), "x·V " + i);
                assertArrayEquals(apart.get(i).y(), together.get(i).y(), "y " + i);
            }
            assertSame(p.apartBackward(device, false), p.backward(device, true, false));
        });
    }

    private static void assertSame(Backward expected, Backward actual) {
        assertArrayEquals(expected.dx(), actual.dx(), "dx");
        for (int i = 0; i < expected.layers().size(); i++) {
            assertFactors(i, expected.layers().get(i), actual.layers().get(i));
        }
    }

    @ParameterizedTest
    @EnumSource
    void staysAsCloseToFloat64AsTheHost(ConformanceDevice where) {
        where.run((device, host) -> {
            var p = CASES.get(3).ofNormals(host);
            List<Forward> forward = p.forward(device, Path.AUGMENTED);
            List<Forward> twin = p.forward(host, Path.AUGMENTED);
            Backward backward = p.backward(device, true, true);
            // which rounds dx for each layer too
            Backward twinBackward = p.apartBackward(host, true);
            assertClose("dx", p.exactInputGradient(true), twinBackward.dx(), backward.dx());
            for (int i = 0; i < forward.size(); i++) {
                var layer = p.layers().get(i);
                double[][] exact = layer.exactBackward(true);
                Gradients gradients = backward.layers().get(i);
                Gradients twins = twinBackward.layers().get(i);
                assertClose("y " + i, layer.exactForward(), twin.get(i).y(), forward.get(i).y());
                assertClose("x·V " + i, layer.exactProjected(), twin.get(i).projected(), forward.get(i).projected());
                assertClose("dU " + i, exact[1], twins.dLeft(), gradients.dLeft());
                assertClose("dV " + i, exact[2], twins.dRight(), gradients.dRight());
                assertClose("dDiagonal " + i, exact[3], twins.dDiagonal(), gradients.dDiagonal());
            }
        });
    }

    private static void assertClose(String what, double[] exact, float[] twin, float[] actual) {
        Oracle.assertWithinTwice(what, exact, twin, actual, 1e-2, F32_TOLERANCE);
    }

    @ParameterizedTest
    @EnumSource
    void theSameCallGivesTheSameBits(ConformanceDevice where) {
        where.run((device, host) -> {
            var p = CASES.getLast().ofNormals(host);
            Backward once = p.backward(device, true, false);
            assertSame(once, p.backward(device, true, false));
            Backward withoutInput = p.backward(device, false, false);
            assertEquals(0, withoutInput.dx().length);
            assertSame(new Backward(new float[0], once.layers()), withoutInput);
        });
    }

    @ParameterizedTest
    @EnumSource
    void refusesWhatIsNoGroup(ConformanceDevice where) {
        where.run((device, host) -> {
            try (MemoryScope scope = device.openScope("test")) {
                DeviceArrays arrays = new DeviceArrays(device, host, scope);
                Buffer narrow = arrays.of(DType.BF16, 1, 2, 3, 4);
                Buffer wide = arrays.of(DType.F32, 1, 2, 3, 4);
                Member member = new Member(2, 2, narrow, narrow, narrow, wide, wide);
                assertThrows(IllegalArgumentException.class, () -> new SvdLoraGroup(2, 2, 1, narrow, null, List.of()));
                assertThrows(IllegalArgumentException.class,
                    () -> new SvdLoraGroup(2, 2, 1, narrow, null, Collections.nCopies(4, member)));
                assertThrows(IllegalArgumentException.class, () -> new SvdLoraGroup(2, 2, 2, narrow, null, List.of(member)));
                Member without = new Member(2, 0, narrow, null, null, null, null);
                assertThrows(IllegalArgumentException.class, () -> new SvdLoraGroup(2, 2, 1, narrow, null, List.of(member, without)));
                SvdLoraLinear linear = SvdLoraLinear.on(device);
                var two = new SvdLoraGroup(2, 2, 1, narrow, null, List.of(member, member));
                assertThrows(IllegalArgumentException.class, () -> linear.forward(Path.AUGMENTED, two, List.of(narrow)));
                assertThrows(IllegalArgumentException.class, () -> linear.forward(Path.AUGMENTED, two, List.of(narrow, wide)));
                assertThrows(IllegalArgumentException.class, () -> linear.backward(two, List.of(), narrow, false));
                assertArrayEquals(new float[] {1, 2, 3, 4}, wide.toFloats());
            }
        });
    }
}
