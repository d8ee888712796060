package dev.panacea.kernels.rotary;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.kernels.ConformanceDevice;
import dev.panacea.kernels.DeviceArrays;
import dev.panacea.kernels.Oracle;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.Device;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.MemoryScope;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Rotary embedding on every CUDA device there is, held against complex numbers in float64 and against its host twin. */
@Tag("cuda")
class RotaryConformanceTest {
    private static final int TABLE = 64;
    private static final double THETA = 10_000;
    // the table and two products are rounded, each by half a unit
    private static final double F32_TOLERANCE = 2e-7;

    /** Seeded inputs, rounded to the dtype that they are stored in. */
    private record Problem(DType dtype, int rows, int heads, int dimension, float[] x, int[] positions) {

        static Problem of(DType dtype, int rows, int heads, int dimension, HostDevice host) {
            Random random = new Random(7L * rows + dimension);
            return new Problem(dtype, rows, heads, dimension, DeviceArrays.rounded(host, dtype,
                Oracle.normal(random, rows * heads * dimension)), random.ints(rows, 0, TABLE).toArray());
        }

        double[] oracle(int direction) {
            double[] y = new double[x.length];
            int half = dimension / 2;
            for (int at = 0; at < x.length; at++) {
                int i = at % dimension;
                if (i < half) {
                    double angle = direction * positions[at / (heads * dimension)] * Math.pow(THETA, -2.0 * i / dimension);
                    y[at] = x[at] * Math.cos(angle) - x[at + half] * Math.sin(angle);
                    y[at + half] = x[at] * Math.sin(angle) + x[at + half] * Math.cos(angle);
                }
            }
            return y;
        }

        /** @param shift elements that x and y are off an aligned address */
        float[] run(Device device, HostDevice host, boolean forward, boolean inPlace, int shift) {
            RotaryTable table = RotaryTable.of(TABLE, dimension, THETA, new RotaryScaling.None());
            try (MemoryScope scope = device.openScope("test")) {
                DeviceArrays arrays = new DeviceArrays(device, host, scope);
                Buffer in = arrays.shifted(shift, dtype, x);
                Buffer out = inPlace ? in : arrays.poisoned(dtype, shift + x.length).slice(shift, x.length);
                Buffer cosine = arrays.of(DType.F32, table.cosine());
                Buffer sine = arrays.of(DType.F32, table.sine());
                if (forward) {
                    Rotary.on(device).forward(rows, heads, dimension, in, arrays.of(positions), cosine, sine, out);
                } else {
                    Rotary.on(device).backward(rows, heads, dimension, in, arrays.of(positions), cosine, sine, out);
                }
                return arrays.floats(out);
            }
        }
    }

    static Stream<Arguments> problems() {
        int[][] shapes = {{1, 1, 2}, {5, 3, 6}, {17, 2, 16}, {3, 5, 80}, {33, 8, 64}, {3, 32, 128}, {2, 1, 256}, {1, 2, 5000}};
        List<Arguments> problems = new ArrayList<>();
        for (ConformanceDevice device : ConformanceDevice.values()) {
            for (int[] shape : shapes) {
                problems.add(Arguments.of(device, shape[0], shape[1], shape[2]));
            }
        }
        return problems.stream();
    }

    @ParameterizedTest(name = "{0} {1} x {2} x {3}")
    @MethodSource("problems")
    void forwardTurnsAndBackwardTurnsBack(ConformanceDevice kind, int rows, int heads, int dimension) {
        kind.run((device, host) -> {
            for (DType dtype : List.of(DType.F32, DType.BF16)) {
                Problem p = Problem.of(dtype, rows, heads, dimension, host);
                for (boolean forward : new boolean[] {true, false}) {
                    double[] oracle = p.oracle(forward ? 1 : -1);
                    float[] apart = p.run(device, host, forward, false, 0);
                    Oracle.assertWithinTwice("rotation", oracle, p.run(host, host, forward, false, 0), apart,
                        dtype == DType.F32 ? 1e-6 : 1e-2, F32_TOLERANCE);
                    assertArrayEquals(apart, p.run(device, host, forward, true, 0), "in place, and again");
                    assertArrayEquals(apart, p.run(device, host, forward, false, 1), "not aligned");
                }
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void aPositionOutsideTheTableMakesItsRowNotANumber(ConformanceDevice kind) {
        kind.run((device, host) -> {
            for (int dimension : new int[] {2, 16}) {
                for (int outside : new int[] {-1, TABLE, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
                    Problem p = new Problem(DType.BF16, 3, 1, dimension, new float[3 * dimension], new int[] {0, outside, TABLE - 1});
                    float[] y = p.run(device, host, true, false, 0);
                    for (int i = 0; i < y.length; i++) {
                        assertEquals(i / dimension == 1, Float.isNaN(y[i]), "position " + outside);
                    }
                }
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void shapesAndBuffersThatDoNotFitAreRefused(ConformanceDevice kind) {
        kind.run((device, host) -> {
            try (MemoryScope scope = device.openScope("test")) {
                Rotary rotary = Rotary.on(device);
                Buffer x = scope.allocate("x", DType.F32, 4);
                Buffer at = scope.allocate("positions", DType.I32, 1);
                assertThrows(IllegalArgumentException.class, () -> rotary.forward(1, 1, 3, x, at, x, x, x));
                assertThrows(IllegalArgumentException.class, () -> rotary.forward(1, 2, 4, x, at, x, x, x));
                assertThrows(IllegalArgumentException.class, () -> rotary.forward(1, 1, 4, x, x, x, x, x));
                assertThrows(IllegalArgumentException.class, () -> rotary.backward(1, 1, 4, at, at, x, x, at));
                rotary.forward(0, 1, 4, x, at, x, x, x);
            }
        });
    }
}
