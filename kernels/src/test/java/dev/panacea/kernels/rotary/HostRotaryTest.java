package dev.panacea.kernels.rotary;

import dev.panacea.kernels.Oracle;
import dev.panacea.runtime.HostBuffer;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.MemoryScope;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static dev.panacea.kernels.Oracle.assertClose;
import static dev.panacea.kernels.Oracle.buffer;
import static dev.panacea.kernels.Oracle.doubles;
import static dev.panacea.kernels.Oracle.poisoned;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class HostRotaryTest {
    private static final int TABLE = 64;
    private static final double THETA = 10_000;

    private record Problem(int rows, int heads, int dimension, float[] x, int[] positions) {

        static Problem of(int rows, int heads, int dimension) {
            Random random = new Random(7L * rows + dimension);
            return new Problem(rows, heads, dimension, Oracle.normal(random, rows * heads * dimension),
                random.ints(rows, 0, TABLE).toArray());
        }

        /** The complex numbers x_i + i·x_(i + D/2), turned one by one. */
        double[] turned(double[] values, int direction) {
            double[] y = new double[values.length];
            int half = dimension / 2;
            for (int row = 0; row < rows; row++) {
                for (int head = 0; head < heads; head++) {
                    for (int i = 0; i < half; i++) {
                        double angle = direction * positions[row] * Math.pow(THETA, -2.0 * i / dimension);
                        int at = (row * heads + head) * dimension + i;
                        y[at] = values[at] * Math.cos(angle) - values[at + half] * Math.sin(angle);
                        y[at + half] = values[at] * Math.sin(angle) + values[at + half] * Math.cos(angle);
                    }
                }
            }
            return y;
        }

        float[] run(HostDevice device, MemoryScope scope, boolean forward, boolean inPlace) {
            RotaryTable table = RotaryTable.of(TABLE, dimension, THETA, new RotaryScaling.None());
            HostBuffer in = buffer(scope, x);
            HostBuffer out = inPlace ? in : poisoned(scope, x.length);
            HostBuffer at = buffer(scope, positions);
            HostBuffer cosine = buffer(scope, table.cosine());
            HostBuffer sine = buffer(scope, table.sine());
            if (forward) {
                Rotary.on(device).forward(rows, heads, dimension, in, at, cosine, sine, out);
            } else {
                Rotary.on(device).backward(rows, heads, dimension, in, at, cosine, sine, out);
            }
            return out.toFloats();
        }
    }

    @ParameterizedTest
    @CsvSource({"1,1,2", "5,3,6", "17,2,14", "129,4,32", "1000,1,34", "70,3,128"})
    void forwardTurnsAndBackwardTurnsBack(int rows, int heads, int dimension) {
        Problem p = Problem.of(rows, heads, dimension);
        for (boolean forward : new boolean[] {true, false}) {
            float[] apart = Oracle.onHost((device, scope) -> p.run(device, scope, forward, false));
            assertClose("rotation", p.turned(doubles(p.x), forward ? 1 : -1), apart, 2e-7);
            assertArrayEquals(apart, Oracle.onHost((device, scope) -> p.run(device, scope, forward, true)), "in place");
        }
    }

    @Test
    void backwardIsTheGradientOfForward() {
        Problem p = Problem.of(2, 2, 6);
        double[] dy = doubles(p.x);
        double[] differences = Oracle.centralDifferences(moved -> Oracle.dot(dy, p.turned(moved, 1)), new double[dy.length]);
        assertClose("dx", differences, Oracle.onHost((device, scope) -> p.run(device, scope, false, false)), 1e-6);
    }

    @Test
    void positionsOutsideTheTableAreNamed() {
        for (int outside : new int[] {-1, TABLE}) {
            Problem p = new Problem(2, 1, 2, new float[4], new int[] {0, outside});
            String message = assertThrows(IllegalArgumentException.class,
                () -> Oracle.onHost((device, scope) -> p.run(device, scope, true, false))).getMessage();
            assertTrue(message.contains("position " + outside + " of row 1"), message);
        }
    }

    @Test
    void anOddHeadDimensionIsRefused() {
        try (HostDevice device = new HostDevice(1); MemoryScope scope = device.openScope("test")) {
            HostBuffer x = poisoned(scope, 3);
            HostBuffer at = buffer(scope, 0);
            assertEquals(3, x.count());
            assertThrows(IllegalArgumentException.class, () -> Rotary.on(device).forward(1, 1, 3, x, at, x, x, x));
        }
    }
}
