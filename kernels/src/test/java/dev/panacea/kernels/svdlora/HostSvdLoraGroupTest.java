package dev.panacea.kernels.svdlora;

import static dev.panacea.kernels.svdlora.SvdLoraProblem.assertClose;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.panacea.kernels.svdlora.SvdLoraGroup.Gradients;
import dev.panacea.kernels.svdlora.SvdLoraGroup.Member;
import dev.panacea.kernels.svdlora.SvdLoraLinear.Path;
import dev.panacea.kernels.svdlora.SvdLoraLinear.Shape;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.HostBuffer;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.MemoryScope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Layers that share their input on the CPU, against the formulas of each. */
class HostSvdLoraGroupTest {
    private static final int ROWS = 261;
    private static final int INPUTS = 45;
    private static final int PREFERENCES = 3;
    private static final List<Shape> SHAPES = List.of(shape(40, 10), shape(17, 66), shape(24, 1));

    private final HostDevice device = new HostDevice(2);
    private final MemoryScope scope = device.openScope("test");
    private final SvdLoraLinear linear = SvdLoraLinear.on(device);

    private static Shape shape(int outputs, int rank) {
        return new Shape(ROWS, INPUTS, outputs, rank, PREFERENCES);
    }

    @AfterEach
    void closeWithoutLeaks() {
        scope.close();
        device.close();
    }

    /** Layers that read the input and the preferences of the first, and what a forward and a backward leave, in order. */
    private static final class Layers {
        private final List<SvdLoraProblem> problems;
        private final List<HostBuffer> y = new ArrayList<>();
        private final List<Gradients> gradients = new ArrayList<>();
        private final SvdLoraGroup group;
        private final HostBuffer dx;

        Layers(HostDevice device, MemoryScope scope, DType precision, boolean integers) {
            problems = SHAPES.stream().map(shape -> integers ? SvdLoraProblem.integers(device, scope, shape, precision, shape.rank())
                : SvdLoraProblem.uniform(device, scope, shape, precision, shape.rank())).toList();
            List<Member> members = new ArrayList<>();
            for (SvdLoraProblem p : problems) {
                int outputs = p.shape.outputs();
                int rank = p.shape.rank();
                members.add(new Member(outputs, rank, p.weight, p.left, p.right, p.diagonal, p.filled(ROWS * rank, Float.NaN)));
                y.add(p.filled(ROWS * outputs, Float.NaN));
                gradients.add(new Gradients(p.dy, p.filled(outputs * rank, 0), p.filled(INPUTS * rank, 0),
                    p.filled(PREFERENCES * rank, 0)));
            }
            SvdLoraProblem first = problems.getFirst();
            group = new SvdLoraGroup(ROWS, INPUTS, PREFERENCES, first.x, first.preferenceOfRow, members);
            dx = first.filled(ROWS * INPUTS, Float.NaN);
        }

        double[] exactForward(int layer) {
            SvdLoraProblem p = problems.get(layer);
            SvdLoraProblem first = problems.getFirst();
            return p.oracle.forward(first.values, p.weightValues, p.leftValues, p.rightValues, p.diagonalValues,
                first.preferenceOfRowValues);
        }

        /** dx, dU, dV and dDiagonal of one. */
        double[][] exactBackward(int layer) {
            SvdLoraProblem p = problems.get(layer);
            SvdLoraProblem first = problems.getFirst();
            return p.oracle.backward(p.dyValues, first.values, p.weightValues, p.leftValues, p.rightValues, p.diagonalValues,
                first.preferenceOfRowValues);
        }

        Stream<HostBuffer> results() {
            return Stream.concat(Stream.concat(y.stream(), Stream.of(dx)), gradients.stream()
                .flatMap(one -> Stream.of(one.left(), one.right(), one.diagonal())).map(HostBuffer::of));
        }
    }

    private static double tolerance(DType precision) {
        return precision == DType.F32 ? 1e-6 : 1e-2;
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "BF16"})
    void everyPathComputesTheFormulaOfEachLayer(DType precision) {
        for (Path path : new Path[] {Path.UNMERGED, Path.AUGMENTED}) {
            for (boolean integers : new boolean[] {false, true}) {
                Layers layers = new Layers(device, scope, precision, integers);
                linear.forward(path, layers.group, List.copyOf(layers.y));
                for (int i = 0; i < SHAPES.size(); i++) {
                    assertClose(layers.exactForward(i), layers.y.get(i), integers ? 0 : tolerance(precision), path + " y " + i);
                    SvdLoraProblem p = layers.problems.get(i);
                    assertClose(p.oracle.projected(layers.problems.getFirst().values, p.rightValues),
                        HostBuffer.of(layers.group.members().get(i).projected()), tolerance(precision), path + " x·V " + i);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "BF16"})
    void gradientsAreThoseOfEachLayerAndDxTheirSum(DType precision) {
        Layers layers = new Layers(device, scope, precision, false);
        linear.forward(Path.UNMERGED, layers.group, List.copyOf(layers.y));
        double[] input = new double[ROWS * INPUTS];
        for (int i = 0; i < SHAPES.size(); i++) {
            input = SvdLoraOracle.sum(input, layers.exactBackward(i)[0]);
        }
        for (int call = 1; call <= 2; call++) {
            linear.backward(layers.group, layers.gradients, layers.dx, call == 2);
            assertClose(times(call, input), layers.dx, tolerance(precision), "dx");
            for (int i = 0; i < SHAPES.size(); i++) {
                double[][] exact = layers.exactBackward(i);
                Gradients gradients = layers.gradients.get(i);
                assertClose(times(call, exact[1]), HostBuffer.of(gradients.left()), tolerance(precision), "dU " + i);
                assertClose(times(call, exact[2]), HostBuffer.of(gradients.right()), tolerance(precision), "dV " + i);
                assertClose(times(call, exact[3]), HostBuffer.of(gradients.diagonal()), tolerance(precision), "dDiagonal " + i);
            }
        }
    }

    private static double[] times(double factor, double[] values) {
        return Arrays.stream(values).map(v -> factor * v).toArray();
    }

    @Test
    void differentThreadCountsGiveTheSameBits() {
        List<float[]> alone = results(1);
        List<float[]> together = results(4);
        assertEquals(alone.size(), together.size());
        for (int i = 0; i < alone.size(); i++) {
            assertArrayEquals(alone.get(i), together.get(i));
        }
    }

    private static List<float[]> results(int threads) {
        try (var other = new HostDevice(threads); var memory = other.openScope("threads")) {
            Layers layers = new Layers(other, memory, DType.F32, false);
            SvdLoraLinear kernel = SvdLoraLinear.on(other);
            kernel.forward(Path.UNMERGED, layers.group, List.copyOf(layers.y));
            kernel.backward(layers.group, layers.gradients, layers.dx, false);
            return layers.results().map(HostBuffer::toFloats).toList();
        }
    }

    @Test
    void refusesWeightsOfSeveralDtypes() {
        Layers layers = new Layers(device, scope, DType.F32, false);
        Member first = layers.group.members().getFirst();
        Member other = new Layers(device, scope, DType.BF16, false).group.members().getLast();
        SvdLoraGroup mixed = layers.group.of(layers.group.x(), List.of(first, other));
        assertThrows(IllegalArgumentException.class,
            () -> linear.forward(Path.UNMERGED, mixed, List.of(layers.y.getFirst(), layers.y.getLast())));
    }
}
