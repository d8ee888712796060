package dev.panacea.kernels.svdlora;

import static dev.panacea.kernels.svdlora.SvdLoraProblem.assertClose;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.panacea.kernels.elementwise.Elementwise;
import dev.panacea.kernels.svdlora.SvdLoraLinear.Path;
import dev.panacea.kernels.svdlora.SvdLoraLinear.Shape;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.HostBuffer;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.MemoryScope;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class HostSvdLoraLinearTest {
    private final HostDevice device = new HostDevice(2);
    private final MemoryScope scope = device.openScope("test");
    private final SvdLoraLinear linear = SvdLoraLinear.on(device);

    @AfterEach
    void closeWithoutLeaks() {
        scope.close();
        device.close();
    }

    record Case(Shape shape, DType precision) { }

    static Stream<Case> cases() {
        return Stream.of(new Shape(1, 5, 3, 1, 1), new Shape(7, 33, 17, 3, 2), new Shape(129, 64, 48, 10, 5),
                new Shape(129, 40, 31, 17, 129), new Shape(300, 96, 80, 66, 3), new Shape(260, 31, 100, 10, 1))
            .flatMap(shape -> Stream.of(new Case(shape, DType.F32), new Case(shape, DType.BF16)));
    }

    // Unit roundoff is 2^-24 or 2^-9; half a dozen roundings, of random sign, meet in one term.
    private static double tolerance(Case c) {
        return c.precision == DType.F32 ? 1e-6 : 1e-2;
    }

    private SvdLoraProblem problem(Case c) {
        return SvdLoraProblem.uniform(device, scope, c.shape, c.precision, c.toString().hashCode());
    }

    private List<Path> paths(Shape shape) {
        return shape.preferences() == 1 ? List.of(Path.values()) : List.of(Path.UNMERGED, Path.AUGMENTED);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyPathComputesTheFormula(Case c) {
        var problem = problem(c);
        for (Path path : paths(c.shape)) {
            var forward = problem.forward(linear, path);
            assertClose(problem.oracleForward(), forward.y(), tolerance(c), path + " y");
            assertClose(problem.oracle.projected(problem.values, problem.rightValues), forward.projected(), tolerance(c), path + " x·V");
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void smallIntegersComeOutExact(Case c) {
        var problem = SvdLoraProblem.integers(device, scope, c.shape, c.precision, 17);
        for (Path path : paths(c.shape)) {
            assertClose(problem.oracleForward(), problem.forward(linear, path).y(), 0, path.name());
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void gradientsFollowTheFormulaAndAreAddedTo(Case c) {
        var problem = problem(c);
        Shape shape = c.shape;
        HostBuffer projected = problem.forward(linear, Path.UNMERGED).projected();
        HostBuffer dx = problem.filled(shape.rows() * shape.inputs(), Float.NaN);
        HostBuffer[] sums = {problem.filled(shape.outputs() * shape.rank(), 0), problem.filled(shape.inputs() * shape.rank(), 0),
            problem.filled(shape.preferences() * shape.rank(), 0)};
        for (int call = 1; call <= 2; call++) {
            backward(problem, projected, dx, call == 2, sums);
            double[][] expected = problem.oracleBackward();
            assertClose(times(call, expected[0]), dx, tolerance(c), "dx");
            for (int i = 0; i < sums.length; i++) {
                assertClose(times(call, expected[i + 1]), sums[i], tolerance(c), List.of("dU", "dV", "dDiagonal").get(i));
            }
        }
    }

    private void backward(SvdLoraProblem problem, HostBuffer projected, HostBuffer dx, boolean accumulate, HostBuffer... sums) {
        linear.backward(problem.shape, problem.dy, problem.x, problem.weight, problem.left, problem.right, problem.diagonal,
            problem.preferenceOfRow, projected, dx, accumulate, sums[0], sums[1], sums[2]);
    }

    private static double[] times(double factor, double[] values) {
        return Arrays.stream(values).map(v -> factor * v).toArray();
    }

    @Test
    void differentThreadCountsGiveTheSameBits() {
        var shape = new Shape(300, 96, 80, 10, 3);
        List<float[]> alone = gradients(1, shape);
        List<float[]> together = gradients(4, shape);
        for (int i = 0; i < alone.size(); i++) {
            assertArrayEquals(alone.get(i), together.get(i));
        }
    }

    private static List<float[]> gradients(int threads, Shape shape) {
        try (var other = new HostDevice(threads); var memory = other.openScope("threads")) {
            var problem = SvdLoraProblem.uniform(other, memory, shape, DType.F32, 3);
            var kernel = SvdLoraLinear.on(other);
            var forward = problem.forward(kernel, Path.UNMERGED);
            HostBuffer dx = problem.filled(shape.rows() * shape.inputs(), Float.NaN);
            HostBuffer dLeft = problem.filled(shape.outputs() * shape.rank(), 0);
            HostBuffer dRight = problem.filled(shape.inputs() * shape.rank(), 0);
            HostBuffer dDiagonal = problem.filled(shape.preferences() * shape.rank(), 0);
            kernel.backward(shape, problem.dy, problem.x, problem.weight, problem.left, problem.right, problem.diagonal,
                problem.preferenceOfRow, forward.projected(), dx, false, dLeft, dRight, dDiagonal);
            return Stream.of(forward.y(), dx, dLeft, dRight, dDiagonal).map(HostBuffer::toFloats).toList();
        }
    }

    @Test
    void mergedWeightIsTheSum() {
        for (DType precision : List.of(DType.F32, DType.BF16)) {
            var c = new Case(new Shape(1, 50, 37, 10, 1), precision);
            var problem = problem(c);
            var merged = scope.allocate("merged", precision, 37 * 50);
            linear.merge(50, 37, 10, problem.weight, problem.left, problem.right, problem.diagonal, merged);
            double[] scaled = new SvdLoraOracle(new Shape(37, 0, 0, 10, 1)).scale(problem.leftValues, problem.diagonalValues, new int[37]);
            double[] expected = SvdLoraOracle.sum(problem.weightValues,
                SvdLoraOracle.product(37, 50, 10, scaled, false, problem.rightValues, true));
            var floats = HostBuffer.of(precision == DType.F32 ? merged : widened(merged, 37 * 50));
            assertClose(expected, floats, tolerance(c), "merged W");
        }
    }

    private HostBuffer widened(Buffer rounded, int count) {
        HostBuffer floats = scope.allocateHost("widened", DType.F32, count);
        Elementwise.on(device).cast(count, rounded, floats);
        return floats;
    }

    @Test
    void refusesOneMergedWeightForManyPreferences() {
        var problem = problem(new Case(new Shape(4, 5, 6, 3, 2), DType.F32));
        var refusal = assertThrows(IllegalArgumentException.class, () -> problem.forward(linear, Path.MERGED));
        assertEquals("one merged weight serves one preference, not 2", refusal.getMessage());
    }

    @Test
    void refusesAPreferenceThatIsNotThere() {
        var problem = problem(new Case(new Shape(4, 5, 6, 3, 2), DType.F32));
        problem.preferenceOfRow.setInt(3, 2);
        assertThrows(IndexOutOfBoundsException.class, () -> problem.forward(linear, Path.UNMERGED));
    }
}
