package dev.panacea.kernels.attention;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.panacea.kernels.ConformanceDevice;
import dev.panacea.kernels.DeviceArrays;
import dev.panacea.kernels.Oracle;
import dev.panacea.kernels.attention.Attention.Shape;
import dev.panacea.runtime.BadInputException;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.MemoryScope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The decoding step on every CUDA device there is, held against float64 and against plain operations in its dtype. */
@Tag("cuda")
class AttentionDecodeConformanceTest {

    /** Seeded inputs as their dtype keeps them; the cache beyond a sequence's length holds NaN, which nothing may touch. */
    private record Problem(DType dtype, Shape shape, int capacity, int[] lengths, float[] query, float[] keys, float[] values) {

        static Problem of(HostDevice host, DType dtype, Shape shape, int capacity, int... lengths) {
            Random random = new Random(shape.headDimension() + 31L * Arrays.hashCode(lengths));
            int row = shape.keyValueHeads() * shape.headDimension();
            return new Problem(dtype, shape, capacity, lengths, DeviceArrays.rounded(host, dtype,
                Oracle.normal(random, lengths.length * shape.queryHeads() * shape.headDimension())),
                cache(host, dtype, random, row, capacity, lengths), cache(host, dtype, random, row, capacity, lengths));
        }

        private static float[] cache(HostDevice host, DType dtype, Random random, int row, int capacity, int[] lengths) {
            float[] cache = DeviceArrays.rounded(host, dtype, Oracle.normal(random, lengths.length * capacity * row));
            for (int s = 0; s < lengths.length; s++) {
                Arrays.fill(cache, (s * capacity + lengths[s]) * row, (s + 1) * capacity * row, Float.NaN);
            }
            return cache;
        }

        /** Sequence {@code s} alone, in a cache of {@code room} positions. */
        Problem alone(int s, int room) {
            int row = shape.keyValueHeads() * shape.headDimension();
            int queries = shape.queryHeads() * shape.headDimension();
            return new Problem(dtype, shape, room, new int[] {lengths[s]}, Arrays.copyOfRange(query, s * queries, (s + 1) * queries),
                Arrays.copyOf(Arrays.copyOfRange(keys, s * capacity * row, (s + 1) * capacity * row), room * row),
                Arrays.copyOf(Arrays.copyOfRange(values, s * capacity * row, (s + 1) * capacity * row), room * row));
        }

        float[] run(CudaDevice device, HostDevice host) {
            try (MemoryScope scope = device.openScope("test")) {
                DeviceArrays arrays = new DeviceArrays(device, host, scope);
                Buffer output = arrays.poisoned(dtype, query.length);
                Attention.on(device).decode(shape, capacity, lengths, arrays.of(dtype, query), arrays.of(dtype, keys),
                    arrays.of(dtype, values), output);
                return arrays.floats(output);
            }
        }

        double[] oracle(DoubleUnaryOperator rounding) {
            return new DecodeOracle(shape, capacity, lengths, rounding).run(query, keys, values);
        }
    }

    private static Shape shape(int queryHeads, int keyValueHeads, int headDimension, int window) {
        return new Shape(queryHeads, keyValueHeads, headDimension, (float) (1 / Math.sqrt(headDimension)), true, window);
    }

    static Stream<Arguments> problems() {
        List<Arguments> problems = new ArrayList<>();
        for (ConformanceDevice device : ConformanceDevice.values()) {
            problems.addAll(List.of(
                Arguments.of(device, DType.BF16, shape(2, 2, 64, 0), 64, new int[] {1, 5, 64}),
                Arguments.of(device, DType.BF16, shape(8, 1, 128, 0), 701, new int[] {255, 256, 257, 700, 1}),
                Arguments.of(device, DType.F16, shape(16, 2, 128, 0), 513, new int[] {513}),
                Arguments.of(device, DType.BF16, shape(4, 1, 80, 100), 600, new int[] {50, 300, 512, 600}),
                Arguments.of(device, DType.F16, shape(2, 1, 256, 0), 270, new int[] {270, 33}),
                Arguments.of(device, DType.BF16, shape(1, 1, 200, 1), 260, new int[] {257, 256}),
                Arguments.of(device, DType.BF16, shape(20, 1, 32, 0), 97, new int[] {97, 16}),
                Arguments.of(device, DType.F16, shape(6, 2, 8, 300), 900, new int[] {899}),
                Arguments.of(device, DType.BF16, shape(3, 3, 96, 0), 40, new int[] {40, 32, 31})));
        }
        return problems.stream();
    }

    @ParameterizedTest(name = "{0} {1} {2} {3}")
    @MethodSource("problems")
    void outputIsThatOfTheOracle(ConformanceDevice kind, DType dtype, Shape shape, int capacity, int[] lengths) {
        kind.run((device, host) -> {
            Problem p = Problem.of(host, dtype, shape, capacity, lengths);
            double[] exact = p.oracle(value -> value);
            double error = Oracle.relativeError(exact, p.oracle(value -> rounded(dtype, (float) value)));
            assertTrue(error < 2e-2, "the plain operations themselves are off");
            float[] actual = p.run(device, host);
            Oracle.assertClose("output", exact, actual, 2 * error);
            assertArrayEquals(actual, p.run(device, host), "the same call gives the same bits");
        });
    }

    private static float rounded(DType dtype, float value) {
        if (dtype == DType.F16) {
            return Float.float16ToFloat(Float.floatToFloat16(value));
        }
        int bits = Float.floatToIntBits(value);
        return Float.intBitsToFloat(bits + 0x7FFF + (bits >>> 16 & 1) & 0xFFFF0000);
    }

    @ParameterizedTest
    @EnumSource
    void aSequenceGetsTheSameBitsInAnyBatchAndCache(ConformanceDevice kind) {
        kind.run((device, host) -> {
            Problem p = Problem.of(host, DType.BF16, shape(4, 2, 64, 0), 600, 300, 599, 7);
            float[] together = p.run(device, host);
            int one = together.length / p.lengths.length;
            for (int s = 0; s < p.lengths.length; s++) {
                assertArrayEquals(Arrays.copyOfRange(together, s * one, (s + 1) * one), p.alone(s, 1000).run(device, host));
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void equalScoresGiveTheMeanOfIntegersToTheBit(ConformanceDevice kind) {
        kind.run((device, host) -> {
            for (int length : new int[] {1, 2, 64, 512}) {
                Shape shape = shape(4, 2, 128, 0);
                float[] values = new float[length * 2 * 128];
                Random random = new Random(length);
                for (int i = 0; i < values.length; i++) {
                    values[i] = random.nextInt(-2, 3);
                }
                Problem p = new Problem(DType.F16, shape, length, new int[] {length}, new float[4 * 128], values, values);
                float[] expected = new float[4 * 128];
                for (int i = 0; i < expected.length; i++) {
                    float sum = 0;
                    for (int j = 0; j < length; j++) {
                        sum += values[(j * 2 + i / 128 / 2) * 128 + i % 128];
                    }
                    expected[i] = sum / length;
                }
                assertArrayEquals(expected, p.run(device, host), length + " positions");
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void shapesAndBuffersThatDoNotFitAreRefused(ConformanceDevice kind) {
        kind.run((device, host) -> {
            try (MemoryScope scope = device.openScope("test")) {
                Attention attention = Attention.on(device);
                Buffer cache = scope.allocate("cache", DType.BF16, 4 * 64);
                Buffer row = scope.allocate("row", DType.BF16, 65);
                Shape shape = shape(1, 1, 64, 0);
                int[] two = {2};
                assertThrows(IllegalArgumentException.class, () -> attention.decode(shape, 4, new int[] {5}, row, cache, cache, row));
                assertThrows(IllegalArgumentException.class, () -> attention.decode(shape, 4, new int[] {0}, row, cache, cache, row));
                assertThrows(IllegalArgumentException.class, () -> attention.decode(shape, 5, two, row, cache, cache, row));
                assertThrows(IllegalArgumentException.class, () -> attention.decode(shape, 4, two, row.slice(1, 64), cache, cache, row));
                assertThrows(BadInputException.class, () -> attention.decode(shape(1, 1, 60, 0), 4, two, row, cache, cache, row));
                assertThrows(BadInputException.class, () -> attention.decode(shape(1, 1, 264, 0), 4, two, row, cache, cache, row));
                attention.decode(shape, 4, new int[0], row, cache, cache, row);
            }
        });
    }
}
