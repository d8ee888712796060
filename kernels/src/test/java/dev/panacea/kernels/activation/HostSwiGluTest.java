package dev.panacea.kernels.activation;

import dev.panacea.kernels.Oracle;
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
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

class HostSwiGluTest {
    static final int[] COUNTS = Oracle.AWKWARD;

    private record Problem(float[] gate, float[] up, float[] dy) {

        static Problem of(int count) {
            Random random = new Random(count);
            float[] gate = Oracle.normal(random, count);
            for (int i = 0; i < count; i++) {
                gate[i] *= 4;
            }
            return new Problem(gate, Oracle.normal(random, count), Oracle.normal(random, count));
        }

        float[] forward(HostDevice device, MemoryScope scope) {
            HostBuffer y = poisoned(scope, gate.length);
            SwiGlu.on(device).forward(gate.length, buffer(scope, gate), buffer(scope, up), y);
            return y.toFloats();
        }

        float[] backward(HostDevice device, MemoryScope scope, boolean inPlace) {
            HostBuffer g = buffer(scope, gate);
            HostBuffer u = buffer(scope, up);
            HostBuffer dGate = inPlace ? g : poisoned(scope, gate.length);
            HostBuffer dUp = inPlace ? u : poisoned(scope, gate.length);
            SwiGlu.on(device).backward(gate.length, buffer(scope, dy), g, u, dGate, dUp);
            return Oracle.concatenated(dGate, dUp);
        }
    }

    private static double oracle(double gate, double up) {
        return gate / (1 + Math.exp(-gate)) * up;
    }

    @ParameterizedTest
    @FieldSource("COUNTS")
    void forwardMatchesTheOracle(int count) {
        Problem p = Problem.of(count);
        double[] expected = new double[count];
        Arrays.setAll(expected, i -> oracle(p.gate[i], p.up[i]));
        assertClose("y", expected, Oracle.onHost(p::forward), 3e-7);
    }

    @ParameterizedTest
    @FieldSource("COUNTS")
    void backwardMatchesCentralDifferencesAlsoInPlace(int count) {
        Problem p = Problem.of(count);
        double[] expected = new double[2 * count];
        double h = 1e-5;
        for (int i = 0; i < count; i++) {
            expected[i] = p.dy[i] * (oracle(p.gate[i] + h, p.up[i]) - oracle(p.gate[i] - h, p.up[i])) / (2 * h);
            expected[count + i] = p.dy[i] * (oracle(p.gate[i], p.up[i] + h) - oracle(p.gate[i], p.up[i] - h)) / (2 * h);
        }
        float[] apart = Oracle.onHost((device, scope) -> p.backward(device, scope, false));
        assertClose("dGate and dUp", expected, apart, 5e-7);
        assertArrayEquals(apart, Oracle.onHost((device, scope) -> p.backward(device, scope, true)), "in place");
    }

    @Test
    void saturatesWithoutOverflow() {
        float[] gate = {-3e38f, -1000, -90, -88, 0, 88, 1000, 3e38f};
        float[] ones = new float[gate.length];
        Arrays.fill(ones, 1);
        Problem p = new Problem(gate, ones, ones);
        float[] y = Oracle.onHost(p::forward);
        float[] gradient = Oracle.onHost((device, scope) -> p.backward(device, scope, false));
        for (int i = 0; i < gate.length; i++) {
            double expected = gate[i] / (1 + Math.exp(-(double) gate[i]));
            assertEquals(expected, y[i], 1e-6 * Math.abs(expected) + 1e-30, "silu(" + gate[i] + ")");
            assertEquals(gate[i] < 0 ? 0 : gate[i] > 0 ? 1 : 0.5, gradient[i], 1e-6, "silu'(" + gate[i] + ")");
        }
    }

    @Test
    void notANumberStaysOne() {
        Problem p = new Problem(new float[] {Float.NaN, 1}, new float[] {1, Float.NaN}, new float[] {1, 1});
        float[] y = Oracle.onHost(p::forward);
        assertEquals(Float.NaN, y[0]);
        assertEquals(Float.NaN, y[1]);
    }
}
