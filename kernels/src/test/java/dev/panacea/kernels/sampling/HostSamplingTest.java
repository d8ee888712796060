package dev.panacea.kernels.sampling;

import dev.panacea.kernels.Oracle;
import dev.panacea.kernels.sampling.Sampling.Settings;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.HostBuffer;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.MemoryScope;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.panacea.kernels.Oracle.buffer;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class HostSamplingTest {
    private static final int ROWS = 4000;

    /** Draws ids on one thread and on two, which must agree. */
    private static int[] draw(int rows, int vocabulary, Settings settings, float[] logits, double[] uniform) {
        int[] one = draw(1, rows, vocabulary, settings, logits, uniform);
        assertArrayEquals(one, draw(2, rows, vocabulary, settings, logits, uniform), "one thread and two");
        return one;
    }

    private static int[] draw(int threads, int rows, int vocabulary, Settings settings, float[] logits, double[] uniform) {
        try (HostDevice device = new HostDevice(threads); MemoryScope scope = device.openScope("test")) {
            HostBuffer ids = scope.allocateHost("ids", DType.I32, rows);
            Sampling.on(device).sample(rows, vocabulary, settings, buffer(scope, logits), uniform, ids);
            return ids.toInts();
        }
    }

    private static float[] repeated(float[] row, int rows) {
        float[] all = new float[row.length * rows];
        for (int r = 0; r < rows; r++) {
            System.arraycopy(row, 0, all, r * row.length, row.length);
        }
        return all;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 16, 17, 129, 1000, 4097})
    void greedyTakesTheFirstOfTheLargest(int vocabulary) {
        float[] logits = Oracle.normal(new Random(vocabulary), vocabulary);
        int at = vocabulary / 3;
        logits[at] = 9;
        logits[vocabulary - 1] = 9;
        assertArrayEquals(new int[] {at}, draw(1, vocabulary, Settings.GREEDY, logits, new double[] {0.99}));
    }

    @ParameterizedTest
    @CsvSource({"1,0,1", "0.5,0,1", "2,0,1", "1,3,1", "1,0,0.7", "1.5,4,0.8", "1,1,1", "1,0,1e-6", "1,100,1"})
    void frequenciesAreThoseOfTheRestrictedSoftmax(float temperature, int topK, float topP) {
        float[] row = {0.5f, 2, -1, 2, 0, 1.25f, Float.NEGATIVE_INFINITY, 0.5f, -3};
        Random random = new Random(99);
        double[] uniform = random.doubles(ROWS).toArray();
        int[] ids = draw(ROWS, row.length, new Settings(temperature, topK, topP), repeated(row, ROWS), uniform);
        double[] probability = restrictedSoftmax(row, temperature, topK, topP);
        int[] seen = new int[row.length];
        for (int id : ids) {
            seen[id]++;
        }
        for (int id = 0; id < row.length; id++) {
            double expected = probability[id] * ROWS;
            double sigma = Math.sqrt(expected * (1 - probability[id]));
            assertEquals(expected, seen[id], 5 * sigma + 1e-9, "token " + id);
        }
    }

    /** The probabilities by sorting everything: top-k, softmax of what is left, top-p, softmax of what is left. */
    private static double[] restrictedSoftmax(float[] logits, double temperature, int topK, double topP) {
        Integer[] order = new Integer[logits.length];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, (a, b) -> logits[a] != logits[b] ? Float.compare(logits[b], logits[a]) : Integer.compare(a, b));
        int kept = topK == 0 ? logits.length : Math.min(topK, logits.length);
        double[] weight = new double[kept];
        Arrays.setAll(weight, i -> Math.exp(logits[order[i]] / temperature));
        double total = Arrays.stream(weight).sum();
        double reached = 0;
        int nucleus = 0;
        while (nucleus < kept && reached < topP * total) {
            reached += weight[nucleus++];
        }
        double[] probability = new double[logits.length];
        for (int i = 0; i < nucleus; i++) {
            probability[order[i]] = weight[i] / reached;
        }
        return probability;
    }

    @ParameterizedTest
    @CsvSource({"40,1", "0,0.9", "0,0.9999", "1500,0.95", "4096,1"})
    void largeVocabulariesKeepTheRightSetOfTokens(int topK, float topP) {
        int vocabulary = 4097;
        float[] row = Oracle.normal(new Random(8), vocabulary);
        for (int i = 0; i < vocabulary; i++) {
            row[i] = Math.round(row[i] * 8) / 4f;
        }
        double[] probability = restrictedSoftmax(row, 1, topK, topP);
        double[] uniform = new Random(9).doubles(500).toArray();
        uniform[0] = 0;
        uniform[1] = Math.nextDown(1.0);
        for (int id : draw(500, vocabulary, new Settings(1, topK, topP), repeated(row, 500), uniform)) {
            assertTrue(probability[id] > 0, "token " + id + " is outside the restricted set");
        }
    }

    @Test
    void tiesAtTheEdgeOfTheSetGoToTheLowerId() {
        float[] row = {1, 0, 1, 1, -0f};
        double[] nearlyOne = {Math.nextDown(1.0)};
        assertArrayEquals(new int[] {2}, draw(1, 5, new Settings(1, 2, 1), row, nearlyOne));
        assertArrayEquals(new int[] {1}, draw(1, 5, new Settings(1, 4, 1), row, nearlyOne));
        assertArrayEquals(new int[] {2}, draw(1, 5, new Settings(1, 3, 0.6f), row, nearlyOne));
    }

    @Test
    void theLastUniformNumberNeverLeavesTheSupport() {
        float[] row = {0, 5, Float.NEGATIVE_INFINITY, -2000};
        double[] nearlyOne = {Math.nextDown(1.0)};
        assertArrayEquals(new int[] {1}, draw(1, 4, new Settings(1, 0, 1), row, nearlyOne));
        assertArrayEquals(new int[] {0}, draw(1, 4, new Settings(1, 0, 1), row, new double[] {0}));
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
    void logitsThatAreNoLogitsAreNamedByRow(float bad) {
        float[] logits = new float[3 * 20];
        logits[45] = bad;
        for (Settings settings : new Settings[] {Settings.GREEDY, new Settings(1, 5, 0.9f)}) {
            String message = assertThrows(IllegalArgumentException.class, () -> draw(3, 20, settings, logits, new double[3])).getMessage();
            assertTrue(message.contains("row 2"), message);
        }
    }

    @Test
    void unusableSettingsAndMissingUniformNumbersAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> new Settings(-1, 0, 1));
        assertThrows(IllegalArgumentException.class, () -> new Settings(Float.NaN, 0, 1));
        assertThrows(IllegalArgumentException.class, () -> new Settings(1, -1, 1));
        assertThrows(IllegalArgumentException.class, () -> new Settings(1, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> draw(2, 1, Settings.GREEDY, new float[2], new double[1]));
    }
}
