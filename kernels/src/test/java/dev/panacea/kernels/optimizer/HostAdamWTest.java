package dev.panacea.kernels.optimizer;

import dev.panacea.kernels.Oracle;
import dev.panacea.kernels.optimizer.AdamW.Schedule;
import dev.panacea.kernels.optimizer.AdamW.Settings;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.HostBuffer;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.MemoryScope;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

import static dev.panacea.kernels.Oracle.assertClose;
import static dev.panacea.kernels.Oracle.buffer;
import static dev.panacea.kernels.Oracle.poisoned;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class HostAdamWTest {
    static final int[] COUNTS = Oracle.AWKWARD;

    private static final int STEPS = 50;
    private static final float RATE = 1e-2f;
    // some steps of short runs are not clipped, the others are
    private static final double CLIP = 3;
    private static final Settings SETTINGS = new Settings(0.9f, 0.999f, 1e-8f, 0.1f);

    /** Gradients of step n for parameters of {@code count}, the same whenever asked. */
    private static float[] gradient(int count, int step) {
        float[] gradient = Oracle.normal(new Random(1000L * count + step), count);
        for (int i = 0; i < count; i++) {
            gradient[i] = gradient[i] * 3 + (i % 3 - 1);
        }
        return gradient;
    }

    private static Buffer schedule(MemoryScope scope, Settings settings, int step) {
        Buffer schedule = scope.allocate("schedule", DType.F32, Schedule.COUNT);
        Schedule.of(settings, step, RATE).writeTo(schedule);
        return schedule;
    }

    private static float[] start(int count) {
        return Oracle.normal(new Random(count), count);
    }

    private static float[] trained(HostDevice device, MemoryScope scope, int count) {
        HostBuffer parameters = buffer(scope, start(count));
        HostBuffer first = buffer(scope, new float[count]);
        HostBuffer second = buffer(scope, new float[count]);
        HostBuffer gradient = poisoned(scope, count);
        Buffer norm = scope.allocate("norm", DType.I64, AdamW.NORM_COUNT);
        for (int step = 1; step <= STEPS; step++) {
            gradient.copyFrom(gradient(count, step));
            AdamW.on(device).norm(count, gradient, norm);
            AdamW.on(device).step(SETTINGS, schedule(scope, SETTINGS, step), norm, CLIP, count, parameters, gradient, first, second, null);
        }
        return Oracle.concatenated(parameters, first, second);
    }

    /** Parameters, first and second moments after all steps, one scalar at a time in float64. */
    private static double[] reference(int count) {
        double[] state = Arrays.copyOf(Oracle.doubles(start(count)), 3 * count);
        for (int step = 1; step <= STEPS; step++) {
            float[] gradient = gradient(count, step);
            double scale = Math.min(1, CLIP / Math.sqrt(Oracle.dot(Oracle.doubles(gradient), Oracle.doubles(gradient))));
            for (int i = 0; i < count; i++) {
                double g = gradient[i] * scale;
                double m = SETTINGS.beta1() * state[count + i] + (1 - (double) SETTINGS.beta1()) * g;
                double v = SETTINGS.beta2() * state[2 * count + i] + (1 - (double) SETTINGS.beta2()) * g * g;
                double unbiasedM = m / (1 - Math.pow(SETTINGS.beta1(), step));
                double unbiasedV = v / (1 - Math.pow(SETTINGS.beta2(), step));
                state[i] -= RATE * (unbiasedM / (Math.sqrt(unbiasedV) + SETTINGS.epsilon()) + SETTINGS.weightDecay() * state[i]);
                state[count + i] = m;
                state[2 * count + i] = v;
            }
        }
        return state;
    }

    @ParameterizedTest
    @FieldSource("COUNTS")
    void fiftyStepsFollowTheReference(int count) {
        float[] state = Oracle.onHost((device, scope) -> trained(device, scope, count));
        double[] expected = reference(count);
        String[] names = {"parameters", "first moment", "second moment"};
        for (int part = 0; part < 3; part++) {
            assertClose(names[part], Arrays.copyOfRange(expected, part * count, (part + 1) * count),
                Arrays.copyOfRange(state, part * count, (part + 1) * count), 3e-6);
        }
    }

    @Test
    void theFirstStepMovesByTheRateWhateverTheGradientsSize() {
        float[] state = Oracle.onHost((device, scope) -> {
            HostBuffer parameters = buffer(scope, 0f, 0f);
            HostBuffer first = buffer(scope, 0f, 0f);
            HostBuffer second = buffer(scope, 0f, 0f);
            HostBuffer gradient = buffer(scope, 1e-3f, -5e4f);
            Settings settings = new Settings(0.9f, 0.95f, 1e-8f, 0);
            Buffer norm = scope.allocate("norm", DType.I64, AdamW.NORM_COUNT);
            AdamW.on(device).norm(2, gradient, norm);
            AdamW.on(device).step(settings, schedule(scope, settings, 1), norm, 0, 2, parameters, gradient, first, second, null);
            return parameters.toFloats();
        });
        assertEquals(-RATE, state[0], 1e-4 * RATE);
        assertEquals(RATE, state[1], 1e-4 * RATE);
    }

    @Test
    void stepsCountFromOneAndBetasStayBelowOne() {
        assertThrows(IllegalArgumentException.class, () -> Schedule.of(SETTINGS, 0, RATE));
        assertThrows(IllegalArgumentException.class, () -> new Settings(1, 0.9f, 1e-8f, 0));
        assertThrows(IllegalArgumentException.class, () -> new Settings(0.9f, 0.9f, 0, 0));
    }
}
