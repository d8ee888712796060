package dev.panacea.kernels.vectors;

import dev.panacea.kernels.Oracle;
import dev.panacea.runtime.HostBuffer;
import java.util.Random;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.Test;

import static dev.panacea.kernels.Oracle.buffer;
import static dev.panacea.kernels.Oracle.poisoned;
import static org.junit.jupiter.api.Assertions.assertEquals;

class LanesTest {

    @Test
    void lanesPastTheEndReadAsZeroAndAreNotWritten() {
        int count = 3 * Lanes.COUNT;
        float[] x = Oracle.normal(new Random(1), count);
        for (int end = 0; end <= count; end++) {
            int stop = end;
            float[] y = Oracle.onHost((device, scope) -> {
                HostBuffer out = poisoned(scope, count);
                HostBuffer in = buffer(scope, x);
                for (int i = 0; i < stop; i += Lanes.COUNT) {
                    Lanes.store(Lanes.load(in.segment(), i, stop).add(1), out.segment(), i, stop);
                }
                return out.toFloats();
            });
            for (int i = 0; i < count; i++) {
                assertEquals(i < stop ? x[i] + 1 : Float.NaN, y[i]);
            }
        }
        float[] lanes = Oracle.onHost((device, scope) -> Lanes.load(buffer(scope, 1f, 2f, 3f).segment(), 0, 2).toArray());
        assertEquals(3, sum(lanes));
    }

    private static double sum(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += value;
        }
        return sum;
    }

    @Test
    void theSumHasOneOrderOfAdditionsHoweverWarmTheCodeIs() {
        float[] lanes = new float[Lanes.COUNT];
        for (int i = 0; i < lanes.length; i++) {
            lanes[i] = (float) Math.exp(i - 7.5) * (i % 2 == 0 ? 1 : -1);
        }
        float folded = folded(lanes);
        for (int i = 0; i < 100_000; i++) {
            assertEquals(folded, Lanes.sum(FloatVector.fromArray(Lanes.SPECIES, lanes, 0)));
        }
    }

    private static float folded(float[] lanes) {
        float[] sums = lanes.clone();
        for (int half = sums.length / 2; half > 0; half /= 2) {
            for (int i = 0; i < half; i++) {
                sums[i] += sums[i + half];
            }
        }
        return sums[0];
    }
}
