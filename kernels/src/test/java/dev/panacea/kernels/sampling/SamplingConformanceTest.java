package dev.panacea.kernels.sampling;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.kernels.ConformanceDevice;
import dev.panacea.kernels.DeviceArrays;
import dev.panacea.kernels.Oracle;
import dev.panacea.kernels.sampling.Sampling.Settings;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.Device;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.MemoryScope;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Sampling on every CUDA device there is, held against a sorted float64 reference and against the host. */
@Tag("cuda")
class SamplingConformanceTest {
    private static final double NEARLY_ONE = Math.nextDown(1.0);
    private static final int NUMBERS = 100;
    private static final float INFINITY = Float.POSITIVE_INFINITY;

    private static int[] draw(Device device, HostDevice host, int vocabulary, Settings settings, float[] logits, double... uniform) {
        try (MemoryScope scope = device.openScope("test")) {
            DeviceArrays arrays = new DeviceArrays(device, host, scope);
            Buffer ids = arrays.of(IntStream.range(0, uniform.length).map(i -> Integer.MIN_VALUE).toArray());
            Sampling.on(device).sample(uniform.length, vocabulary, settings, arrays.of(DType.F32, logits), uniform, ids);
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

    static Stream<Arguments> problems() {
        Settings[] settings = {new Settings(1, 0, 1), new Settings(0.3f, 0, 1), new Settings(1, 1, 1), new Settings(1, 40, 1),
            new Settings(1.5f, 0, 0.9f), new Settings(1, 0, 1e-6f), new Settings(3, 900, 0.97f), new Settings(1e-30f, 7, 0.47f)};
        return Stream.of(ConformanceDevice.values()).flatMap(device -> IntStream.of(1, 17, 1000, 5003).boxed()
            .flatMap(vocabulary -> Stream.of(settings).map(setting -> Arguments.of(device, vocabulary, setting))));
    }

    /** Half of the rows hold ties; at odd vocabularies rows begin anywhere. */
    @ParameterizedTest(name = "{0} {1} tokens, {2}")
    @MethodSource("problems")
    void everyNumberDrawsTheTokenWhoseShareItIsIn(ConformanceDevice kind, int vocabulary, Settings settings) {
        kind.run((device, host) -> {
            double[] uniform = {0.25, 0, NEARLY_ONE, 0.999, 0.61, 0.07};
            float[] logits = Oracle.normal(new Random(vocabulary), uniform.length * vocabulary);
            for (int i = 0; i < logits.length; i++) {
                logits[i] = i / vocabulary % 2 == 0 ? logits[i] * 4 : Math.round(logits[i] * 2);
            }
            int[] ids = draw(device, host, vocabulary, settings, logits, uniform);
            int[] hosts = draw(host, host, vocabulary, settings, logits, uniform);
            for (int row = 0; row < ids.length; row++) {
                SamplingOracle oracle = new SamplingOracle(Arrays.copyOfRange(logits, row * vocabulary, (row + 1) * vocabulary), settings);
                int id = ids[row];
                double u = uniform[row];
                assertTrue(oracle.allows(u, id), () -> "token " + id + " for " + u);
                assertTrue(oracle.margin(u, hosts[row]) < 1e-6 || hosts[row] == id, () -> "token " + id + " for " + u + ", not the host's");
            }
            assertArrayEquals(ids, draw(device, host, vocabulary, settings, logits, uniform), "the same call gives the same tokens");
        });
    }

    static Stream<Arguments> distributions() {
        return Stream.of(ConformanceDevice.values()).flatMap(device -> Stream.of(new Settings(1, 0, 1), new Settings(2, 0, 1),
            new Settings(1, 3, 1), new Settings(1, 0, 0.7f), new Settings(1.5f, 4, 0.8f)).map(settings -> Arguments.of(device, settings)));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("distributions")
    void evenlySpacedNumbersDrawEachTokenAsOftenAsItIsLikely(ConformanceDevice kind, Settings settings) {
        kind.run((device, host) -> {
            float[] row = {0.5f, 2, -1, 2, 0, 1.25f, -INFINITY, 0.5f, -3};
            double[] uniform = IntStream.range(0, NUMBERS).mapToDouble(i -> (i + 0.5) / NUMBERS).toArray();
            int[] seen = new int[row.length];
            for (int id : draw(device, host, row.length, settings, repeated(row, uniform.length), uniform)) {
                seen[id]++;
            }
            SamplingOracle oracle = new SamplingOracle(row, settings);
            for (int id = 0; id < row.length; id++) {
                assertEquals(oracle.probability(id) * NUMBERS, seen[id], oracle.probability(id) == 0 ? 0 : 1, "token " + id);
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void equalsAreDrawnInTheOrderOfIds(ConformanceDevice kind) {
        kind.run((device, host) -> {
            int vocabulary = 1003;
            double[] uniform = {0, 0.2500001, 0.7, NEARLY_ONE};
            float[] equal = new float[vocabulary * uniform.length];
            for (int i = 0; i < equal.length; i++) {
                equal[i] = i % 2 == 0 ? -0f : 0f;
            }
            assertArrayEquals(new int[] {0, 250, 702, 1002}, draw(device, host, vocabulary, new Settings(1, 0, 1), equal, uniform));
            assertArrayEquals(new int[] {0, 25, 70, 99}, draw(device, host, vocabulary, new Settings(1, 100, 1), equal, uniform));
            assertArrayEquals(new int[] {0, 6, 17, 24}, draw(device, host, vocabulary, new Settings(1, 100, 0.25f), equal, uniform));
            assertArrayEquals(new int[4], draw(device, host, vocabulary, Settings.GREEDY, equal, uniform));
            float[] row = {1, 0, 1, 1, -0f};
            assertArrayEquals(new int[] {2}, draw(device, host, 5, new Settings(1, 2, 1), row, NEARLY_ONE));
            assertArrayEquals(new int[] {1}, draw(device, host, 5, new Settings(1, 4, 1), row, NEARLY_ONE));
            assertArrayEquals(new int[] {2}, draw(device, host, 5, new Settings(1, 3, 0.6f), row, NEARLY_ONE));
        });
    }

    @ParameterizedTest
    @EnumSource
    void tokensWithoutWeightAreNeverDrawn(ConformanceDevice kind) {
        kind.run((device, host) -> {
            float[] row = {0, 5, -INFINITY, -2000, Float.MAX_VALUE};
            for (Settings settings : new Settings[] {new Settings(1, 0, 1), new Settings(1, 3, 1), new Settings(1, 0, 0.9999f)}) {
                int last = settings.topK() == 0 && settings.topP() == 1 ? 1 : 0;
                assertArrayEquals(new int[] {last}, draw(device, host, 4, settings, row, NEARLY_ONE));
                assertArrayEquals(new int[] {4, 4}, draw(device, host, 5, settings, repeated(row, 2), 0, NEARLY_ONE));
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void rowsThatAreNoLogitsGiveNoTokenAndTheOthersDo(ConformanceDevice kind) {
        kind.run((device, host) -> {
            float[] bad = {Float.NaN, Float.intBitsToFloat(0xffc00000), INFINITY, -INFINITY};
            float[] logits = new float[5 * 20];
            Arrays.fill(logits, 60, 80, -INFINITY);
            for (int row = 0; row < bad.length; row++) {
                logits[row * 20 + 13] = bad[row];
            }
            logits[4 * 20 + 6] = 100;
            int[] expected = {-1, -1, -1, -1, 6};
            for (Settings settings : new Settings[] {Settings.GREEDY, new Settings(1, 0, 1), new Settings(1, 5, 0.9f)}) {
                assertArrayEquals(expected, draw(device, host, 20, settings, logits, 0.5, 0.5, 0.5, 0.5, 0.5));
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void greedyTakesTheFirstOfTheLargest(ConformanceDevice kind) {
        kind.run((device, host) -> {
            for (int vocabulary : new int[] {1, 2, 129, 5003}) {
                float[] logits = Oracle.normal(new Random(vocabulary), vocabulary);
                logits[vocabulary / 3] = 9;
                logits[vocabulary - 1] = 9;
                assertArrayEquals(new int[] {vocabulary / 3}, draw(device, host, vocabulary, Settings.GREEDY, logits, 0.99));
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void theLargestVocabularyIsDrawnFromAndALargerRefused(ConformanceDevice kind) {
        kind.run((device, host) -> {
            int most = 1 << 18;
            float[] equal = new float[most];
            assertArrayEquals(new int[] {most - 1}, draw(device, host, most, new Settings(1, 0, 1), equal, NEARLY_ONE));
            assertArrayEquals(new int[] {most / 2 - 1}, draw(device, host, most, new Settings(1, 0, 0.5f), equal, NEARLY_ONE));
            assertThrows(IllegalArgumentException.class, () -> draw(device, host, most + 1, Settings.GREEDY, new float[most + 1], 0));
        });
    }

    @ParameterizedTest
    @EnumSource
    void missingNumbersAndLogitsAreRefused(ConformanceDevice kind) {
        kind.run((device, host) -> {
            try (MemoryScope scope = device.openScope("test")) {
                DeviceArrays arrays = new DeviceArrays(device, host, scope);
                Buffer ids = arrays.of(5, 6);
                Buffer logits = arrays.of(DType.F32, 1, 2, 3, 4);
                Sampling sampling = Sampling.on(device);
                assertThrows(IllegalArgumentException.class, () -> sampling.sample(2, 2, Settings.GREEDY, logits, new double[1], ids));
                assertThrows(IllegalArgumentException.class, () -> sampling.sample(2, 3, Settings.GREEDY, logits, new double[2], ids));
                assertThrows(IllegalArgumentException.class, () -> sampling.sample(1, 0, Settings.GREEDY, logits, new double[1], ids));
                assertArrayEquals(new int[] {5, 6}, ids.toInts());
            }
        });
    }
}
