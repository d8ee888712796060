package dev.panacea.kernels.svdlora;

import static dev.panacea.kernels.svdlora.SvdLoraProblem.assertClose;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.panacea.kernels.svdlora.SvdLoraLinear.Path;
import dev.panacea.kernels.svdlora.SvdLoraLinear.Shape;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.HostBuffer;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.MemoryScope;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The whole layer, from σ, s and λ to y, against central differences of the float64 formula. */
class SvdLoraGradientTest {
    private static final int K = 3;
    private static final int M = 2;
    private static final float MULTIPLIER = 64f / K;
    private static final Shape SHAPE = new Shape(7, 6, 5, K + M, 3);

    private final HostDevice device = new HostDevice(2);
    private final MemoryScope scope = device.openScope("test");
    private final SvdLoraLinear linear = SvdLoraLinear.on(device);
    private final SvdLoraProblem problem = SvdLoraProblem.uniform(device, scope, SHAPE, DType.F32, 11);
    private final SplittableRandom random = new SplittableRandom(12);
    private final double[] singular = uniform(K);
    private final double[] scale = uniform(1);
    private final double[] lambda = uniform(SHAPE.preferences() * M);

    @AfterEach
    void closeWithoutLeaks() {
        scope.close();
        device.close();
    }

    private double[] uniform(int count) {
        return random.doubles(count, -1, 1).map(v -> (float) v).toArray();
    }

    /** Σ dy ⊙ y: what dy are the gradients of. */
    private double loss() {
        double[] d = SvdLoraOracle.diagonal(K, M, SHAPE.preferences(), MULTIPLIER, singular, scale[0], lambda);
        double[] y = problem.oracle.forward(problem.values, problem.weightValues, problem.leftValues, problem.rightValues, d,
            problem.preferenceOfRowValues);
        double sum = 0;
        for (int i = 0; i < y.length; i++) {
            sum += y[i] * problem.dyValues[i];
        }
        return sum;
    }

    // The loss is linear in each value alone, so that a wide step costs no accuracy.
    private static double[] differences(double[] parameter, DoubleSupplier loss) {
        double[] gradient = new double[parameter.length];
        for (int i = 0; i < parameter.length; i++) {
            double value = parameter[i];
            parameter[i] = value + 0.5;
            double above = loss.getAsDouble();
            parameter[i] = value - 0.5;
            gradient[i] = above - loss.getAsDouble();
            parameter[i] = value;
        }
        return gradient;
    }

    @Test
    void everyGradientIsTheSlopeOfTheLoss() {
        HostBuffer sigma = problem.onDevice(singular);
        HostBuffer s = problem.onDevice(scale);
        HostBuffer lambdas = problem.onDevice(lambda);
        HostBuffer d = problem.filled(SHAPE.preferences() * SHAPE.rank(), Float.NaN);
        linear.diagonal(K, M, SHAPE.preferences(), MULTIPLIER, sigma, s, lambdas, d);
        assertClose(SvdLoraOracle.diagonal(K, M, SHAPE.preferences(), MULTIPLIER, singular, scale[0], lambda), d, 1e-7, "diagonal");

        HostBuffer projected = problem.filled(SHAPE.rows() * SHAPE.rank(), Float.NaN);
        HostBuffer y = problem.filled(SHAPE.rows() * SHAPE.outputs(), Float.NaN);
        linear.forward(SHAPE, Path.AUGMENTED, problem.x, problem.weight, problem.left, problem.right, d, problem.preferenceOfRow,
            projected, y);
        HostBuffer dx = problem.filled(SHAPE.rows() * SHAPE.inputs(), Float.NaN);
        HostBuffer dLeft = problem.filled(SHAPE.outputs() * SHAPE.rank(), 0);
        HostBuffer dRight = problem.filled(SHAPE.inputs() * SHAPE.rank(), 0);
        HostBuffer dDiagonal = problem.filled(SHAPE.preferences() * SHAPE.rank(), 0);
        linear.backward(SHAPE, problem.dy, problem.x, problem.weight, problem.left, problem.right, d, problem.preferenceOfRow,
            projected, dx, false, dLeft, dRight, dDiagonal);
        HostBuffer dSingular = problem.filled(K, 0);
        HostBuffer dScale = problem.filled(1, 0);
        linear.diagonalBackward(K, M, SHAPE.preferences(), MULTIPLIER, lambdas, dDiagonal, dSingular, dScale);

        assertClose(differences(problem.values, this::loss), dx, 1e-6, "dx");
        assertClose(differences(problem.leftValues, this::loss), dLeft, 1e-6, "dU");
        assertClose(differences(problem.rightValues, this::loss), dRight, 1e-6, "dV");
        assertClose(differences(singular, this::loss), dSingular, 1e-6, "dσ");
        assertClose(differences(scale, this::loss), dScale, 1e-6, "ds");
    }

    @Test
    void aMatrixWithoutPreferenceEntriesHasNoScale() {
        HostBuffer sigma = problem.onDevice(new double[] {1, 2, 3});
        HostBuffer lambdas = problem.onDevice(new double[] {0.25, 0.75});
        HostBuffer d = problem.filled(3, Float.NaN);
        linear.diagonal(3, 0, 1, 2, sigma, null, lambdas, d);
        assertArrayEquals(new float[] {2, 4, 6}, d.toFloats());
        HostBuffer dSingular = problem.onDevice(new double[] {1, 1, 1});
        linear.diagonalBackward(3, 0, 1, 2, lambdas, d, dSingular, null);
        assertArrayEquals(new float[] {5, 9, 13}, dSingular.toFloats());
    }

    @Test
    void diagonalGradientsAreAddedTo() {
        HostBuffer dSingular = problem.onDevice(new double[] {1, 2, 3});
        HostBuffer dScale = problem.onDevice(new double[] {10});
        HostBuffer lambdas = problem.onDevice(new double[] {0.25, 0.75});
        HostBuffer dDiagonal = problem.onDevice(new double[] {1, 1, 2, 4, 8});
        linear.diagonalBackward(K, M, 1, 2, lambdas, dDiagonal, dSingular, dScale);
        assertArrayEquals(new float[] {3, 4, 7}, dSingular.toFloats());
        assertArrayEquals(new float[] {24}, dScale.toFloats());
    }

    @Test
    void zeroSingularValuesAndScaleLeaveTheBase() {
        problem.diagonal.copyFrom(new float[SHAPE.preferences() * SHAPE.rank()]);
        double[] base = SvdLoraOracle.product(SHAPE.rows(), SHAPE.outputs(), SHAPE.inputs(), problem.values, false,
            problem.weightValues, true);
        for (Path path : new Path[] {Path.UNMERGED, Path.AUGMENTED}) {
            assertClose(base, problem.forward(linear, path).y(), 1e-6, path.name());
        }
    }

    @Test
    void aPreferenceWithoutRowsGetsNoGradient() {
        problem.preferenceOfRow.copyFrom(new int[] {0, 2, 2, 0, 0, 2, 2});
        HostBuffer projected = problem.forward(linear, Path.UNMERGED).projected();
        HostBuffer dDiagonal = problem.filled(SHAPE.preferences() * SHAPE.rank(), 0);
        linear.backward(SHAPE, problem.dy, problem.x, problem.weight, problem.left, problem.right, problem.diagonal,
            problem.preferenceOfRow, projected, null, false, problem.filled(SHAPE.outputs() * SHAPE.rank(), 0),
            problem.filled(SHAPE.inputs() * SHAPE.rank(), 0), dDiagonal);
        assertArrayEquals(new float[SHAPE.rank()], dDiagonal.slice(SHAPE.rank(), SHAPE.rank()).toFloats());
    }
}
