package dev.panacea.kernels.preference;

import dev.panacea.kernels.Oracle;
import dev.panacea.runtime.HostBuffer;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static dev.panacea.kernels.Oracle.buffer;
import static dev.panacea.kernels.Oracle.poisoned;
import static org.junit.jupiter.api.Assertions.assertEquals;

class HostLikelihoodLossTest {

    /** Both directions only move and negate numbers, so they are exact. */
    @ParameterizedTest
    @CsvSource({"1,1", "7,3", "129,10"})
    void everySequenceCountsInItsOwnDimensionAlone(int sequences, int dimensions) {
        Random random = new Random(sequences);
        float[] logProb = Oracle.normal(random, sequences);
        float[] dLoss = Oracle.normal(random, sequences * dimensions);
        int[] own = random.ints(sequences, 0, dimensions).toArray();
        float[] loss = Oracle.onHost((device, scope) -> {
            HostBuffer y = poisoned(scope, sequences * dimensions);
            LikelihoodLoss.on(device).forward(sequences, dimensions, buffer(scope, logProb), buffer(scope, own), y);
            return y.toFloats();
        });
        float[] dLogProb = Oracle.onHost((device, scope) -> {
            HostBuffer dx = poisoned(scope, sequences);
            LikelihoodLoss.on(device).backward(sequences, dimensions, buffer(scope, own), buffer(scope, dLoss), dx);
            return dx.toFloats();
        });
        for (int s = 0; s < sequences; s++) {
            for (int i = 0; i < dimensions; i++) {
                assertEquals(own[s] == i ? -logProb[s] : 0, loss[s * dimensions + i], "loss of " + s + " in " + i);
            }
            assertEquals(-dLoss[s * dimensions + own[s]], dLogProb[s]);
        }
    }
}
