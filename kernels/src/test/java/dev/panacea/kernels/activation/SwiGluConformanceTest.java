package dev.panacea.kernels.activation;

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
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** SwiGLU on every CUDA device there is, held against float64 and against its host twin. */
@Tag("cuda")
class SwiGluConformanceTest {
    private static final int[] COUNTS = {1, 7, 16, 2049, 4096};
    // the products and the quotient, each off by a unit or two in the last place
    private static final double F32_TOLERANCE = 3e-7;

    /** Seeded inputs, rounded to the dtype that they are stored in. */
    private record Problem(DType dtype, float[] gate, float[] up, float[] dy) {

        static Problem of(DType dtype, int count, HostDevice host) {
            Random random = new Random(count);
            float[] gate = Oracle.normal(random, count);
            for (int i = 0; i < count; i++) {
                gate[i] *= 4;
            }
            return new Problem(dtype, DeviceArrays.rounded(host, dtype, gate), stored(host, dtype, random, count),
                stored(host, dtype, random, count));
        }

        private static float[] stored(HostDevice host, DType dtype, Random random, int count) {
            return DeviceArrays.rounded(host, dtype, Oracle.normal(random, count));
        }

        double[] oracle(IntToDoubleFunction value) {
            double[] values = new double[gate.length];
            Arrays.setAll(values, value);
            return values;
        }

        double sigmoid(int i) {
            return 1 / (1 + Math.exp(-(double) gate[i]));
        }

        double slope(int i) {
            return sigmoid(i) * (1 + gate[i] * (1 - sigmoid(i)));
        }

        /** y, dGate and dUp at addresses that are {@code shift} elements off. */
        List<float[]> run(Device device, HostDevice host, int shift, boolean inPlace) {
            try (MemoryScope scope = device.openScope("test")) {
                DeviceArrays arrays = new DeviceArrays(device, host, scope);
                int count = gate.length;
                Buffer g = arrays.shifted(shift, dtype, gate);
                Buffer u = arrays.shifted(shift, dtype, up);
                Buffer y = arrays.poisoned(dtype, count + 1);
                Buffer dGate = inPlace ? g : arrays.poisoned(dtype, count);
                Buffer dUp = inPlace ? u : arrays.poisoned(dtype, count);
                SwiGlu.on(device).forward(count, g, u, y.slice(shift, count));
                SwiGlu.on(device).backward(count, arrays.shifted(shift, dtype, dy), g, u, dGate, dUp);
                return List.of(arrays.floats(y.slice(shift, count)), arrays.floats(dGate), arrays.floats(dUp));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void forwardAndBackwardAreThoseOfTheOracleAndOfTheHost(ConformanceDevice kind) {
        kind.run((device, host) -> {
            for (int count : COUNTS) {
                for (DType dtype : List.of(DType.F32, DType.BF16)) {
                    Problem p = Problem.of(dtype, count, host);
                    List<double[]> oracles = List.of(p.oracle(i -> p.gate[i] * p.sigmoid(i) * p.up[i]),
                        p.oracle(i -> p.dy[i] * p.up[i] * p.slope(i)), p.oracle(i -> p.dy[i] * p.gate[i] * p.sigmoid(i)));
                    List<float[]> expected = p.run(host, host, 0, false);
                    List<float[]> actual = p.run(device, host, 0, false);
                    for (int i = 0; i < oracles.size(); i++) {
                        Oracle.assertWithinTwice("result", oracles.get(i), expected.get(i), actual.get(i),
                            dtype == DType.F32 ? 5e-7 : 5e-3, F32_TOLERANCE);
                        assertArrayEquals(actual.get(i), p.run(device, host, 0, true).get(i), "in place, and again");
                        assertArrayEquals(actual.get(i), p.run(device, host, 1, false).get(i), "not aligned");
                    }
                }
            }
        });
    }

    // In BF16 no more than twice the error of the same computation on the host, which rounds in the same places.
    @ParameterizedTest
    @EnumSource
    void saturatesWithoutOverflowAndKeepsWhatIsNotANumber(ConformanceDevice kind) {
        kind.run((device, host) -> {
            float[] gate = {-3e38f, -1000, -90, -88, 0, 88, 1000, 3e38f};
            float[] ones = new float[gate.length];
            Arrays.fill(ones, 1);
            List<float[]> results = new Problem(DType.F32, gate, ones, ones).run(device, host, 0, false);
            for (int i = 0; i < gate.length; i++) {
                double expected = gate[i] / (1 + Math.exp(-(double) gate[i]));
                assertEquals(expected, results.getFirst()[i], 1e-6 * Math.abs(expected) + 1e-30, "silu(" + gate[i] + ")");
                assertEquals(gate[i] < 0 ? 0 : gate[i] > 0 ? 1 : 0.5, results.get(1)[i], 1e-6, "silu'(" + gate[i] + ")");
            }
            Problem nan = new Problem(DType.BF16, new float[] {Float.NaN, 1}, new float[] {1, Float.NaN}, new float[] {1, 1});
            assertArrayEquals(new float[] {Float.NaN, Float.NaN}, nan.run(device, host, 0, false).getFirst());
        });
    }

    @ParameterizedTest
    @EnumSource
    void buffersThatDoNotFitAreRefused(ConformanceDevice kind) {
        kind.run((device, host) -> {
            try (MemoryScope scope = device.openScope("test")) {
                SwiGlu swiGlu = SwiGlu.on(device);
                Buffer wide = scope.allocate("argument", DType.F32, 4);
                Buffer narrow = scope.allocate("argument", DType.BF16, 4);
                assertThrows(IllegalArgumentException.class, () -> swiGlu.forward(5, wide, wide, wide));
                assertThrows(IllegalArgumentException.class, () -> swiGlu.forward(4, wide, narrow, wide));
                assertThrows(IllegalArgumentException.class, () -> swiGlu.backward(4, narrow, narrow, narrow, narrow, wide));
                swiGlu.forward(0, wide, wide, wide);
            }
        });
    }
}
