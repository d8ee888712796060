package dev.panacea.kernels.linear;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.kernels.elementwise.Elementwise;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.HostBuffer;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.MemoryScope;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class HostLinearTest {
    private final HostDevice device = new HostDevice(2);
    private final MemoryScope scope = device.openScope("test");
    private final Linear linear = Linear.on(device);

    @AfterEach
    void closeWithoutLeaks() {
        scope.close();
        device.close();
    }

    record Case(int rows, int inputs, int outputs, DType precision) {
        double tolerance() {
            return precision == DType.F32 ? 1e-6 : 1e-2;
        }
    }

    static Stream<Case> cases() {
        int[][] extents = {{1, 37, 41}, {7, 33, 17}, {129, 64, 10}, {300, 130, 66}, {5, 10, 700}};
        return Arrays.stream(extents).flatMap(e -> Stream.of(DType.F32, DType.BF16).map(type -> new Case(e[0], e[1], e[2], type)));
    }

    private static double[] draws(int count, DoubleSupplier draw) {
        double[] drawn = new double[count];
        Arrays.setAll(drawn, i -> (float) draw.getAsDouble());
        return drawn;
    }

    private HostBuffer onDevice(double... values) {
        HostBuffer buffer = scope.allocateHost("values", DType.F32, values.length);
        for (int i = 0; i < values.length; i++) {
            buffer.setFloat(i, (float) values[i]);
        }
        return buffer;
    }

    private HostBuffer filled(int count, double value) {
        return onDevice(draws(count, () -> value));
    }

    private Buffer cast(DType precision, HostBuffer floats) {
        Buffer result = scope.allocate("cast", precision, floats.count());
        Elementwise.on(device).cast(floats.count(), floats, result);
        return result;
    }

    // Σ_k a(i, k)·b(k, j), the strides saying what is transposed
    private static double[] product(int m, int n, int k, double[] a, int aRow, int aColumn, double[] b, int bRow, int bColumn) {
        double[] c = new double[m * n];
        for (int i = 0; i < c.length; i++) {
            for (int p = 0; p < k; p++) {
                c[i] += a[i / n * aRow + p * aColumn] * b[p * bRow + i % n * bColumn];
            }
        }
        return c;
    }

    private static void assertClose(double factor, double[] expected, HostBuffer actual, double tolerance) {
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < expected.length; i++) {
            difference += Math.pow(actual.getFloat(i) - factor * expected[i], 2);
            norm += Math.pow(factor * expected[i], 2);
        }
        assertEquals(expected.length, actual.count());
        double error = Math.sqrt(difference / norm);
        assertTrue(error <= tolerance, "relative error " + error + " above " + tolerance);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void followsTheFormulas(Case c) {
        var random = new SplittableRandom(c.toString().hashCode());
        check(c, () -> random.nextDouble(-1, 1), c.tolerance());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void smallIntegersComeOutExact(Case c) {
        var random = new SplittableRandom(c.toString().hashCode());
        check(c, () -> random.nextInt(-2, 3), 0);
    }

    private void check(Case c, DoubleSupplier draw, double tolerance) {
        double[] x = draws(c.rows * c.inputs, draw);
        double[] weight = draws(c.outputs * c.inputs, draw);
        double[] dy = draws(c.rows * c.outputs, draw);
        HostBuffer xBuffer = onDevice(x);
        HostBuffer dyBuffer = onDevice(dy);
        Buffer weightBuffer = cast(c.precision, onDevice(weight));
        HostBuffer y = filled(c.rows * c.outputs, Double.NaN);
        linear.forward(c.rows, c.inputs, c.outputs, xBuffer, weightBuffer, y);
        assertClose(1, product(c.rows, c.outputs, c.inputs, x, c.inputs, 1, weight, 1, c.inputs), y, tolerance);

        double[] dx = product(c.rows, c.inputs, c.outputs, dy, c.outputs, 1, weight, c.inputs, 1);
        double[] dWeight = product(c.outputs, c.inputs, c.rows, dy, 1, c.outputs, x, c.inputs, 1);
        HostBuffer dxBuffer = filled(c.rows * c.inputs, Double.NaN);
        HostBuffer dWeightBuffer = filled(c.outputs * c.inputs, 0);
        for (int call = 1; call <= 2; call++) {
            linear.backward(c.rows, c.inputs, c.outputs, dyBuffer, xBuffer, weightBuffer, dxBuffer, call == 2, dWeightBuffer);
            assertClose(call, dx, dxBuffer, tolerance);
            assertClose(call, dWeight, dWeightBuffer, tolerance);
        }
    }

    @Test
    void leavesOutTheGradientsNobodyWants() {
        HostBuffer x = onDevice(1, 2, 3, 4);
        HostBuffer weight = onDevice(1, 0, 0, 1);
        HostBuffer dy = onDevice(5, 6, 7, 8);
        HostBuffer dx = filled(4, Double.NaN);
        linear.backward(2, 2, 2, dy, x, weight, dx, false, null);
        assertArrayEquals(new float[] {5, 6, 7, 8}, dx.toFloats());
        HostBuffer dWeight = filled(4, 0);
        linear.backward(2, 2, 2, dy, x, weight, null, false, dWeight);
        assertArrayEquals(new float[] {26, 38, 30, 44}, dWeight.toFloats());
    }
}
