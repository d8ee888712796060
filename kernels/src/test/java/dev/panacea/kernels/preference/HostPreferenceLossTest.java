package dev.panacea.kernels.preference;

import dev.panacea.kernels.Oracle;
import dev.panacea.kernels.preference.PreferenceLoss.Shape;
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
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class HostPreferenceLossTest {

    private record Problem(Shape shape, float[] logRatio, float[] label, float[] dLoss) {

        static Problem of(int pairs, int dimensions) {
            Random random = new Random(pairs * 10L + dimensions);
            float[] label = new float[pairs * dimensions];
            for (int i = 0; i < label.length; i++) {
                label[i] = random.nextInt(3) - 1;
            }
            return new Problem(new Shape(pairs, dimensions, 0.1f), ratios(random, 2 * pairs), label,
                Oracle.normal(random, label.length));
        }

        /** Differences of two policies' log-probabilities of whole answers, well away from the start of training. */
        private static float[] ratios(Random random, int count) {
            float[] values = Oracle.normal(random, count);
            for (int i = 0; i < count; i++) {
                values[i] *= 10;
            }
            return values;
        }

        float[] forward(HostDevice device, MemoryScope scope) {
            HostBuffer loss = poisoned(scope, label.length);
            PreferenceLoss.on(device).forward(shape, buffer(scope, logRatio), buffer(scope, label), loss);
            return loss.toFloats();
        }

        float[] backward(HostDevice device, MemoryScope scope) {
            HostBuffer gradient = poisoned(scope, logRatio.length);
            PreferenceLoss.on(device).backward(shape, buffer(scope, logRatio), buffer(scope, label),
                buffer(scope, dLoss), gradient);
            return gradient.toFloats();
        }

        double[] oracle(double[] ratio) {
            double[] loss = new double[label.length];
            for (int i = 0; i < loss.length; i++) {
                int pair = i / shape.dimensions();
                double margin = ratio[2 * pair] - ratio[2 * pair + 1];
                loss[i] = label[i] == 0 ? 0 : Math.log(1 + Math.exp(-(double) shape.beta() * label[i] * margin));
            }
            return loss;
        }
    }

    @ParameterizedTest
    @CsvSource({"1,2", "7,1", "33,3", "129,10"})
    void matchesTheOracleAndItsDifferences(int pairs, int dimensions) {
        Problem p = Problem.of(pairs, dimensions);
        double[] ratio = doubles(p.logRatio);
        assertClose("loss", p.oracle(ratio), Oracle.onHost(p::forward), 1e-6);
        double[] gradient = Oracle.centralDifferences(moved -> Oracle.dot(doubles(p.dLoss), p.oracle(moved)), ratio);
        assertClose("dLogRatio", gradient, Oracle.onHost(p::backward), 1e-6);
    }

    @Test
    void anUntrainedPolicyLosesLnTwoInEveryDimension() {
        Problem p = Problem.of(33, 3);
        float[] loss = Oracle.onHost(new Problem(p.shape, new float[66], p.label, p.dLoss)::forward);
        for (int i = 0; i < loss.length; i++) {
            assertEquals(p.label[i] == 0 ? 0 : Math.log(2), loss[i], 1e-7);
        }
    }

    @Test
    void hugeMarginsNeitherOverflowNorVanish() {
        float[] label = {1, -1};
        Problem p = new Problem(new Shape(1, 2, 1), new float[] {1e6f, 0}, label, new float[] {1, 1});
        float[] loss = Oracle.onHost(p::forward);
        assertEquals(0, loss[0]);
        assertEquals(1e6f, loss[1]);
        float[] gradient = Oracle.onHost(p::backward);
        assertEquals(1, gradient[0], "only the second dimension pulls, with its full slope");
        assertEquals(-1, gradient[1]);
    }

    @Test
    void unjudgedPairsAndTheirUpstreamGradientAreIgnored() {
        Problem p = new Problem(new Shape(1, 2, 0.5f), new float[] {3, 1}, new float[] {0, 0}, new float[] {Float.NaN, 7});
        for (float value : Oracle.onHost(p::backward)) {
            assertEquals(0, Math.abs(value));
        }
    }

    @Test
    void otherLabelsAndShapesAreRefused() {
        Problem p = new Problem(new Shape(1, 2, 1), new float[2], new float[] {1, 0.5f}, new float[2]);
        String message = assertThrows(IllegalArgumentException.class, () -> Oracle.onHost(p::forward)).getMessage();
        assertTrue(message.contains("pair 0 in dimension 1 is 0.5"), message);
        assertThrows(IllegalArgumentException.class, () -> new Shape(1, 0, 1));
        assertThrows(IllegalArgumentException.class, () -> new Shape(1, 1, 0));
    }
}
