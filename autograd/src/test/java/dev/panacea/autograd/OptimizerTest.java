package dev.panacea.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.kernels.Kernels;
import dev.panacea.kernels.optimizer.AdamW;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.HostBuffer;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.MemoryScope;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OptimizerTest {
    private static final AdamW.Settings SETTINGS = new AdamW.Settings(0.9f, 0.95f, 1e-8f, 0.1f);
    private static final double CLIP = 2;

    private final HostDevice device = new HostDevice(1);
    private final Kernels kernels = Kernels.on(device);
    private final MemoryScope scope = device.openScope("test");
    private final ParameterSet parameters = new ParameterSet.Builder().add("a", 5).add("b", 3, 7).build(kernels, scope);
    private final Optimizer optimizer = new Optimizer(kernels, scope, parameters, SETTINGS);

    @AfterEach
    void close() {
        scope.close();
        device.close();
    }

    /** One parameter's AdamW in float64 (Loshchilov and Hutter 2019). */
    private static final class Adam {
        private double value;
        private double first;
        private double second;

        void step(int step, double rate, double gradient) {
            first = 0.9 * first + 0.1 * gradient;
            second = 0.95 * second + 0.05 * gradient * gradient;
            double corrected = first / (1 - Math.pow(0.9, step));
            double spread = Math.sqrt(second / (1 - Math.pow(0.95, step)));
            value -= rate * (corrected / (spread + 1e-8) + 0.1 * value);
        }
    }

    @Test
    void fiveClippedStepsFollowAdamW() {
        Random random = new Random(3);
        Tensor b = parameters.get("b");
        Adam[] expected = new Adam[21];
        for (int i = 0; i < expected.length; i++) {
            expected[i] = new Adam();
            expected[i].value = (float) random.nextGaussian();
            HostBuffer.of(b.buffer()).setFloat(i, (float) expected[i].value);
        }
        for (int step = 1; step <= 5; step++) {
            float[] gradient = gradient(random, step);
            HostBuffer.of(b.gradient()).copyFrom(gradient);
            double norm = norm(gradient);
            double scale = Math.min(1, CLIP / norm);
            step(step, 0.01 * step, CLIP);
            assertEquals(norm, AdamW.value(optimizer.norm()), 1e-12 * norm);
            for (int i = 0; i < expected.length; i++) {
                expected[i].step(step, 0.01 * step, scale * gradient[i]);
                assertEquals(expected[i].value, b.toFloats()[i], 2e-6, "value " + i + " after step " + step);
            }
        }
    }

    private void step(long step, double rate, double clip) {
        Buffer schedule = scope.allocate("schedule", DType.F32, AdamW.Schedule.COUNT);
        optimizer.schedule(step, rate).writeTo(schedule);
        optimizer.update(schedule, null, clip);
    }

    /** Norms on both sides of the clip. */
    private static float[] gradient(Random random, int step) {
        float[] gradient = new float[21];
        for (int i = 0; i < gradient.length; i++) {
            gradient[i] = (float) (random.nextGaussian() * (step % 2 == 0 ? 0.1 : 10));
        }
        return gradient;
    }

    private static double norm(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += (double) value * value;
        }
        return Math.sqrt(sum);
    }

    @Test
    void withoutAClipTheGradientCountsWhole() {
        HostBuffer.of(parameters.get("a").gradient()).copyFrom(new float[] {1e6f, 0, 0, 0, 0});
        step(1, 0.01, 0);
        assertEquals(1e5, HostBuffer.of(optimizer.firstMoment()).getFloat(0), 1);
    }

    @Test
    void aGradientOrALossThatIsNotFiniteChangesNothing() {
        HostBuffer.of(parameters.get("a").gradient()).copyFrom(new float[] {1, 2, 3, 4, 5});
        step(1, 0.01, CLIP);
        float[] before = state();
        Buffer schedule = scope.allocate("schedule", DType.F32, AdamW.Schedule.COUNT);
        optimizer.schedule(2, 0.01).writeTo(schedule);
        Buffer losses = scope.allocate("losses", DType.F32, 2).copyFrom(new float[] {1, Float.POSITIVE_INFINITY});
        optimizer.update(schedule, losses, CLIP);
        assertTrue(Double.isNaN(AdamW.value(optimizer.norm())));
        HostBuffer.of(parameters.get("a").gradient()).copyFrom(new float[] {0, Float.NaN, 0, 0, 0});
        optimizer.update(schedule, losses.slice(0, 1), 0);
        assertTrue(Double.isNaN(AdamW.value(optimizer.norm())));
        assertArrayEquals(before, state());
    }

    /** Parameters and both moments. */
    private float[] state() {
        int size = (int) parameters.values().count();
        float[] state = Arrays.copyOf(parameters.values().toFloats(), 3 * size);
        System.arraycopy(optimizer.firstMoment().toFloats(), 0, state, size, size);
        System.arraycopy(optimizer.secondMoment().toFloats(), 0, state, 2 * size, size);
        return state;
    }

    @Test
    void paddingBetweenParametersStaysZero() {
        HostBuffer.of(parameters.get("a").gradient()).copyFrom(new float[] {1, 2, 3, 4, 5});
        step(1, 0.01, 0);
        float[] gap = HostBuffer.of(parameters.values().slice(5, 11)).toFloats();
        assertArrayEquals(new float[11], gap);
    }
}
