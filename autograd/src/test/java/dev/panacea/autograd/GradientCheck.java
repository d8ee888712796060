package dev.panacea.autograd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.kernels.Kernels;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.HostBuffer;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.MemoryScope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;

/**
 * Compares an operation with its float64 reference: values, and gradients with central differences of the reference. Every input
 * is tried as a parameter, whose gradient is added to what was there; as a result of earlier operations, whose gradient is
 * overwritten; and as a constant.
 */
final class GradientCheck {

    /**
     * Float32 rounds each product and sum to 6e-8; over reductions of at most some hundred terms, and through the derivative of
     * a softmax, that grows to about 1e-6. The differences themselves are good to 1e-9.
     */
    private static final double TOLERANCE = 5e-6;
    private static final double STEP = 1e-5;
    private static final float ALREADY_THERE = 0.25f;

    /** The operation on the tape. */
    @FunctionalInterface
    interface Forward {
        Tensor run(Tape tape, List<Tensor> inputs);
    }

    /** The same in float64, on the same inputs. */
    @FunctionalInterface
    interface Formula {
        double[] run(double[][] inputs);
    }

    private enum Role { PARAMETER, RESULT, CONSTANT }

    /** @param usual the role it has where nothing else is tried */
    private record Input(String name, Role usual, boolean mayBeConstant, float[] values, int[] shape) { }

    private final Random random;
    private final List<Input> inputs = new ArrayList<>();

    GradientCheck(long seed) {
        random = new Random(seed);
    }

    /** An input that may be anything: a parameter, a result or a constant. */
    GradientCheck input(String name, int... shape) {
        return add(name, Role.RESULT, true, shape);
    }

    /** An input that is a parameter or a constant, such as a weight. */
    GradientCheck weight(String name, int... shape) {
        return add(name, Role.PARAMETER, true, shape);
    }

    /** An input that is always a parameter. */
    GradientCheck trained(String name, int... shape) {
        return add(name, Role.PARAMETER, false, shape);
    }

    /** An input that is always constant. */
    GradientCheck frozen(String name, int... shape) {
        return add(name, Role.CONSTANT, false, shape);
    }

    private GradientCheck add(String name, Role usual, boolean mayBeConstant, int... shape) {
        inputs.add(new Input(name, usual, mayBeConstant, normal(shape), shape));
        return this;
    }

    float[] normal(int... shape) {
        float[] values = new float[Math.toIntExact(Tensor.elements(shape))];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    /** Checks with all inputs differentiable, and where there are several with each of them constant in turn. */
    void check(Forward forward, Formula formula) {
        check(forward, formula, index -> inputs.get(index).usual);
        check(forward, formula, index -> inputs.get(index).usual == Role.CONSTANT ? Role.CONSTANT : Role.PARAMETER);
        for (int constant = 0; inputs.size() > 1 && constant < inputs.size(); constant++) {
            int frozen = constant;
            if (inputs.get(frozen).mayBeConstant) {
                check(forward, formula, index -> index == frozen ? Role.CONSTANT : inputs.get(index).usual);
            }
        }
    }

    private void check(Forward forward, Formula formula, IntFunction<Role> roles) {
        Role[] own = new Role[inputs.size()];
        Arrays.setAll(own, roles::apply);
        double[][] at = inputs.stream().map(input -> doubles(input.values)).toArray(double[][]::new);
        double[] expected = formula.run(at);
        float[] upstream = normal(expected.length);
        try (HostDevice device = new HostDevice(2)) {
            run(device, forward, own, upstream, Float.NaN); // what the pool hands out next is full of NaN
            List<float[]> found = run(device, forward, own, upstream, 1);
            String roleText = Arrays.toString(own);
            assertClose("value, inputs " + roleText, expected, found.getFirst(), 0);
            for (int i = 0; i < own.length; i++) {
                if (own[i] == Role.CONSTANT) {
                    assertNull(found.get(i + 1), inputs.get(i).name + " is constant");
                } else {
                    String what = "gradient of " + inputs.get(i).name + ", inputs " + roleText;
                    assertClose(what, differences(formula, at, i, upstream), found.get(i + 1),
                        own[i] == Role.PARAMETER ? ALREADY_THERE : 0);
                }
            }
        }
    }

    /** The output's values, then each input's gradient. */
    private List<float[]> run(HostDevice device, Forward forward, Role[] roles, float[] upstream, float factor) {
        try (MemoryScope scope = device.openScope("check")) {
            Tape tape = Tape.recording(Kernels.on(device), scope);
            List<Tensor> tensors = new ArrayList<>();
            for (int i = 0; i < roles.length; i++) {
                tensors.add(tensor(tape, inputs.get(i), roles[i], factor));
            }
            Tensor output = forward.run(tape, tensors);
            List<float[]> found = new ArrayList<>();
            found.add(output.toFloats());
            tape.backward(output, buffer(scope, upstream));
            tensors.forEach(tensor -> found.add(tensor.gradient() == null ? null : HostBuffer.of(tensor.gradient()).toFloats()));
            return found;
        }
    }

    private static Tensor tensor(Tape tape, Input input, Role role, float factor) {
        float[] values = input.values.clone();
        for (int i = 0; i < values.length; i++) {
            values[i] *= factor;
        }
        return switch (role) {
            case CONSTANT -> Tensor.constant(buffer(tape.scope(), values), input.shape);
            case PARAMETER -> {
                float[] gradient = new float[values.length];
                Arrays.fill(gradient, ALREADY_THERE * factor);
                yield Tensor.parameter(buffer(tape.scope(), values), buffer(tape.scope(), gradient), input.shape);
            }
            case RESULT -> {
                Tensor result = tape.allocate(input.name, true, input.shape);
                HostBuffer.of(result.buffer()).copyFrom(values);
                yield result;
            }
        };
    }

    static HostBuffer buffer(MemoryScope scope, float[] values) {
        return scope.allocateHost("values", DType.F32, values.length).copyFrom(values);
    }

    private static double[] differences(Formula formula, double[][] at, int input, float[] upstream) {
        double[][] moved = Arrays.stream(at).map(double[]::clone).toArray(double[][]::new);
        double[] gradient = new double[at[input].length];
        for (int i = 0; i < gradient.length; i++) {
            moved[input][i] = at[input][i] + STEP;
            double above = dot(upstream, formula.run(moved));
            moved[input][i] = at[input][i] - STEP;
            gradient[i] = (above - dot(upstream, formula.run(moved))) / (2 * STEP);
            moved[input][i] = at[input][i];
        }
        return gradient;
    }

    private static double dot(float[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    private static double[] doubles(float[] values) {
        double[] wide = new double[values.length];
        Arrays.setAll(wide, i -> values[i]);
        return wide;
    }

    private static void assertClose(String what, double[] expected, float[] actual, double offset) {
        assertEquals(expected.length, actual.length, what);
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < expected.length; i++) {
            difference += Math.pow(actual[i] - offset - expected[i], 2);
            norm += Math.pow(Math.abs(expected[i]) + offset, 2);
        }
        double error = Math.sqrt(difference / norm);
        assertTrue(error <= TOLERANCE, () -> what + " is off by " + error + " relative");
    }
}
