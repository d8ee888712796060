package dev.panacea.kernels.preference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.kernels.ConformanceDevice;
import dev.panacea.kernels.DeviceArrays;
import dev.panacea.kernels.Oracle;
import dev.panacea.kernels.preference.PreferenceLoss.Shape;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.Device;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.MemoryScope;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** DPO losses on every CUDA device there is, held against float64. */
@Tag("cuda")
class PreferenceLossConformanceTest {
    private static final float NAN = Float.NaN;

    private record Problem(Shape shape, float[] logRatio, float[] label, float[] dLoss) {

        static Problem of(int pairs, int dimensions) {
            Random random = new Random(31L * pairs + dimensions);
            float[] label = new float[pairs * dimensions];
            for (int i = 0; i < label.length; i++) {
                label[i] = random.nextInt(3) - 1;
            }
            float[] ratios = Oracle.normal(random, 2 * pairs);
            for (int i = 0; i < ratios.length; i++) {
                ratios[i] *= 20;
            }
            return new Problem(new Shape(pairs, dimensions, 0.1f), ratios, label, Oracle.normal(random, label.length));
        }

        float[] forward(Device device, HostDevice host) {
            try (MemoryScope scope = device.openScope("test")) {
                DeviceArrays arrays = new DeviceArrays(device, host, scope);
                Buffer loss = arrays.poisoned(DType.F32, label.length);
                PreferenceLoss.on(device).forward(shape, arrays.of(DType.F32, logRatio), arrays.of(DType.F32, label), loss);
                return loss.toFloats();
            }
        }

        float[] backward(Device device, HostDevice host) {
            try (MemoryScope scope = device.openScope("test")) {
                DeviceArrays arrays = new DeviceArrays(device, host, scope);
                Buffer gradient = arrays.poisoned(DType.F32, logRatio.length);
                PreferenceLoss.on(device).backward(shape, arrays.of(DType.F32, logRatio), arrays.of(DType.F32, label),
                    arrays.of(DType.F32, dLoss), gradient);
                return gradient.toFloats();
            }
        }

        private double scale(int judgement) {
            return (double) shape.beta() * label[judgement];
        }

        private double margin(int pair) {
            return (double) logRatio[2 * pair] - logRatio[2 * pair + 1];
        }

        double[] losses() {
            double[] loss = new double[label.length];
            for (int i = 0; i < loss.length; i++) {
                loss[i] = label[i] == 0 ? 0 : Math.log1p(Math.exp(-scale(i) * margin(i / shape.dimensions())));
            }
            return loss;
        }

        double[] gradient() {
            double[] gradient = new double[logRatio.length];
            for (int i = 0; i < label.length; i++) {
                int pair = i / shape.dimensions();
                double pull = label[i] == 0 ? 0 : dLoss[i] * scale(i) / (1 + Math.exp(scale(i) * margin(pair)));
                gradient[2 * pair] -= pull;
                gradient[2 * pair + 1] += pull;
            }
            return gradient;
        }
    }

    static Stream<Arguments> problems() {
        int[][] shapes = {{1, 1}, {7, 3}, {33, 2}, {257, 10}};
        return Stream.of(ConformanceDevice.values()).flatMap(device -> Stream.of(shapes)
            .map(shape -> Arguments.of(device, shape[0], shape[1])));
    }

    @ParameterizedTest(name = "{0} {1} pairs in {2} dimensions")
    @MethodSource("problems")
    void lossAndGradientAreThoseOfTheOracle(ConformanceDevice kind, int pairs, int dimensions) {
        kind.run((device, host) -> {
            Problem p = Problem.of(pairs, dimensions);
            float[] loss = p.forward(device, host);
            float[] gradient = p.backward(device, host);
            Oracle.assertClose("loss", p.losses(), loss, 5e-7);
            Oracle.assertClose("dLogRatio", p.gradient(), gradient, 5e-7);
            assertArrayEquals(loss, p.forward(device, host), "the same call gives the same bits");
            assertArrayEquals(gradient, p.backward(device, host), "the same call gives the same bits");
        });
    }

    @ParameterizedTest
    @EnumSource
    void theEdgesAreThoseOfTheHost(ConformanceDevice kind) {
        kind.run((device, host) -> {
            for (Problem p : new Problem[] {
                new Problem(new Shape(0, 2, 1), new float[0], new float[0], new float[0]),
                new Problem(new Shape(1, 2, 1), new float[] {1e6f, 0}, new float[] {1, -1}, new float[] {1, 1}),
                new Problem(new Shape(1, 2, 1), new float[] {-3e38f, 3e38f}, new float[] {-1, -1}, new float[] {1, 2}),
                new Problem(new Shape(2, 2, 0.5f), new float[] {3, 1, NAN, 1}, new float[4], new float[] {NAN, 7, 1, 1})}) {
                assertArrayEquals(p.forward(host, host), p.forward(device, host));
                assertArrayEquals(absolute(p.backward(host, host)), absolute(p.backward(device, host)));
            }
        });
    }

    // minus nothing is as good as nothing
    private static float[] absolute(float[] values) {
        for (int i = 0; i < values.length; i++) {
            values[i] = values[i] == 0 ? 0 : values[i];
        }
        return values;
    }

    @ParameterizedTest
    @EnumSource
    void aLabelThatIsNoneGivesNanWhereItCountsAndNowhereElse(ConformanceDevice kind) {
        kind.run((device, host) -> {
            Problem p = new Problem(new Shape(2, 2, 1), new float[] {2, 1, 5, 3}, new float[] {1, 0.5f, -1, 1}, new float[] {1, 1, 1, 1});
            float[] loss = p.forward(device, host);
            float[] gradient = p.backward(device, host);
            for (int i = 0; i < 4; i++) {
                assertEquals(i == 1, Float.isNaN(loss[i]), "loss " + i);
                assertEquals(i < 2, Float.isNaN(gradient[i]), "gradient " + i);
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void shortArgumentsAreRefused(ConformanceDevice kind) {
        kind.run((device, host) -> {
            Problem p = new Problem(new Shape(2, 2, 1), new float[] {2, 1, 5}, new float[4], new float[4]);
            String message = assertThrows(IllegalArgumentException.class, () -> p.forward(device, host)).getMessage();
            assertTrue(message.contains("logRatio must hold 4 elements"), message);
        });
    }
}
