package dev.panacea.kernels.svdlora;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.kernels.elementwise.Elementwise;
import dev.panacea.kernels.svdlora.SvdLoraLinear.Path;
import dev.panacea.kernels.svdlora.SvdLoraLinear.Shape;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.HostBuffer;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.MemoryScope;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;

/** Random inputs of one linear layer on the device and in float64, and poisoned outputs. */
final class SvdLoraProblem {
    final Shape shape;
    final SvdLoraOracle oracle;
    final double[] values;
    final double[] weightValues;
    final double[] leftValues;
    final double[] rightValues;
    final double[] diagonalValues;
    final double[] dyValues;
    final int[] preferenceOfRowValues;
    final HostBuffer x;
    final Buffer weight;
    final HostBuffer left;
    final HostBuffer right;
    final HostBuffer diagonal;
    final HostBuffer dy;
    final HostBuffer preferenceOfRow;
    private final HostDevice device;
    private final MemoryScope scope;

    private SvdLoraProblem(HostDevice device, MemoryScope scope, Shape shape, DType precision, SplittableRandom random,
                           DoubleSupplier draw) {
        this.device = device;
        this.scope = scope;
        this.shape = shape;
        oracle = new SvdLoraOracle(shape);
        values = draws(shape.rows() * shape.inputs(), draw);
        weightValues = draws(shape.outputs() * shape.inputs(), draw);
        leftValues = draws(shape.outputs() * shape.rank(), draw);
        rightValues = draws(shape.inputs() * shape.rank(), draw);
        diagonalValues = draws(shape.preferences() * shape.rank(), draw);
        dyValues = draws(shape.rows() * shape.outputs(), draw);
        preferenceOfRowValues = random.ints(shape.rows(), 0, shape.preferences()).toArray();
        x = onDevice(values);
        weight = cast(precision, onDevice(weightValues));
        left = onDevice(leftValues);
        right = onDevice(rightValues);
        diagonal = onDevice(diagonalValues);
        dy = onDevice(dyValues);
        preferenceOfRow = scope.allocateHost("preferences", DType.I32, shape.rows()).copyFrom(preferenceOfRowValues);
    }

    /** Uniform in [-1, 1). */
    static SvdLoraProblem uniform(HostDevice device, MemoryScope scope, Shape shape, DType precision, long seed) {
        var random = new SplittableRandom(seed);
        return new SvdLoraProblem(device, scope, shape, precision, random, () -> (float) random.nextDouble(-1, 1));
    }

    /** -1, 0 and 1, so that every product is exact in any order and precision. */
    static SvdLoraProblem integers(HostDevice device, MemoryScope scope, Shape shape, DType precision, long seed) {
        var random = new SplittableRandom(seed);
        return new SvdLoraProblem(device, scope, shape, precision, random, () -> random.nextInt(-1, 2));
    }

    private static double[] draws(int count, DoubleSupplier draw) {
        double[] drawn = new double[count];
        Arrays.setAll(drawn, i -> draw.getAsDouble());
        return drawn;
    }

    HostBuffer onDevice(double[] doubles) {
        float[] floats = new float[doubles.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) doubles[i];
        }
        return scope.allocateHost("values", DType.F32, floats.length).copyFrom(floats);
    }

    HostBuffer filled(int count, float value) {
        float[] floats = new float[count];
        Arrays.fill(floats, value);
        return scope.allocateHost("output", DType.F32, count).copyFrom(floats);
    }

    Buffer cast(DType precision, HostBuffer floats) {
        Buffer result = scope.allocate("cast", precision, floats.count());
        Elementwise.on(device).cast(floats.count(), floats, result);
        return result;
    }

    record Forward(HostBuffer projected, HostBuffer y) { }

    Forward forward(SvdLoraLinear linear, Path path) {
        var result = new Forward(filled(shape.rows() * shape.rank(), Float.NaN), filled(shape.rows() * shape.outputs(), Float.NaN));
        linear.forward(shape, path, x, weight, left, right, diagonal, preferenceOfRow, result.projected, result.y);
        return result;
    }

    double[] oracleForward() {
        return oracle.forward(values, weightValues, leftValues, rightValues, diagonalValues, preferenceOfRowValues);
    }

    double[][] oracleBackward() {
        return oracle.backward(dyValues, values, weightValues, leftValues, rightValues, diagonalValues, preferenceOfRowValues);
    }

    static void assertClose(double[] expected, HostBuffer actual, double tolerance, String what) {
        float[] floats = actual.toFloats();
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < expected.length; i++) {
            difference += (floats[i] - expected[i]) * (floats[i] - expected[i]);
            norm += expected[i] * expected[i];
        }
        double error = Math.sqrt(difference / norm);
        assertTrue(expected.length == floats.length && error <= tolerance, what + ": relative error " + error + " above " + tolerance);
    }
}
