package dev.panacea.kernels.embedding;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

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

/** Table look-up on every CUDA device there is: the bits are those of plain loops. */
@Tag("cuda")
class EmbeddingConformanceTest {

    private record Problem(int rows, int columns, int vocabulary, int[] ids, float[] table, float[] dy) {

        static Problem of(int rows, int columns, int vocabulary) {
            Random random = new Random(rows + columns);
            return new Problem(rows, columns, vocabulary, random.ints(rows, 0, vocabulary).toArray(),
                Oracle.normal(random, vocabulary * columns), Oracle.normal(random, rows * columns));
        }

        /** @param shift elements that table and y are off an aligned address */
        float[] forward(Device device, HostDevice host, DType from, DType to, int shift) {
            try (MemoryScope scope = device.openScope("test")) {
                DeviceArrays arrays = new DeviceArrays(device, host, scope);
                Buffer y = arrays.poisoned(to, shift + (long) rows * columns).slice(shift, (long) rows * columns);
                Embedding.on(device).forward(rows, columns, vocabulary, arrays.of(ids), arrays.shifted(shift, from, table), y);
                return arrays.floats(y);
            }
        }

        float[] backward(Device device, HostDevice host, DType dtype, int shift) {
            try (MemoryScope scope = device.openScope("test")) {
                DeviceArrays arrays = new DeviceArrays(device, host, scope);
                Buffer dTable = arrays.shifted(shift, DType.F32, table);
                Embedding.on(device).backward(rows, columns, vocabulary, arrays.of(ids), arrays.shifted(shift, dtype, dy), dTable);
                return arrays.floats(dTable);
            }
        }
    }

    static Stream<Arguments> problems() {
        int[][] shapes = {{1, 1, 1}, {7, 16, 5}, {129, 17, 9}, {100, 72, 50}, {3, 4097, 2}, {5, 4096, 3}};
        List<Arguments> problems = new ArrayList<>();
        for (ConformanceDevice device : ConformanceDevice.values()) {
            for (int[] shape : shapes) {
                problems.add(Arguments.of(device, shape[0], shape[1], shape[2]));
            }
        }
        return problems.stream();
    }

    @ParameterizedTest(name = "{0} {1} x {2} of {3}")
    @MethodSource("problems")
    void forwardGathersRowsToTheBit(ConformanceDevice kind, int rows, int columns, int vocabulary) {
        kind.run((device, host) -> {
            Problem p = Problem.of(rows, columns, vocabulary);
            for (DType from : List.of(DType.F32, DType.BF16)) {
                for (DType to : List.of(DType.F32, DType.BF16)) {
                    float[] expected = new float[rows * columns];
                    for (int i = 0; i < expected.length; i++) {
                        expected[i] = p.table[p.ids[i / columns] * columns + i % columns];
                    }
                    expected = DeviceArrays.rounded(host, to, DeviceArrays.rounded(host, from, expected));
                    assertArrayEquals(expected, p.forward(host, host, from, to, 0), "host");
                    assertArrayEquals(expected, p.forward(device, host, from, to, 0), from + " to " + to);
                    assertArrayEquals(expected, p.forward(device, host, from, to, 1), from + " to " + to + ", not aligned");
                }
            }
        });
    }

    @ParameterizedTest(name = "{0} {1} x {2} of {3}")
    @MethodSource("problems")
    void backwardAddsInRowOrderToTheBit(ConformanceDevice kind, int rows, int columns, int vocabulary) {
        kind.run((device, host) -> {
            Problem p = Problem.of(rows, columns, vocabulary);
            for (DType dtype : List.of(DType.F32, DType.BF16)) {
                float[] dy = DeviceArrays.rounded(host, dtype, p.dy);
                float[] expected = p.table.clone();
                for (int i = 0; i < rows * columns; i++) {
                    expected[p.ids[i / columns] * columns + i % columns] += dy[i];
                }
                assertArrayEquals(expected, p.backward(host, host, dtype, 0), "host");
                assertArrayEquals(expected, p.backward(device, host, dtype, 0), dtype.name());
                assertArrayEquals(expected, p.backward(device, host, dtype, 1), dtype + ", not aligned");
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void anIdOutsideTheTableMakesItsRowNotANumberAndAddsNothing(ConformanceDevice kind) {
        kind.run((device, host) -> {
            for (int columns : new int[] {2, 16}) {
                for (int outside : new int[] {-1, 3, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
                    Problem p = new Problem(3, columns, 3, new int[] {2, outside, 0}, Oracle.normal(new Random(1), 3 * columns),
                        Oracle.normal(new Random(2), 3 * columns));
                    float[] y = p.forward(device, host, DType.F32, DType.BF16, 0);
                    for (int i = 0; i < y.length; i++) {
                        assertEquals(i / columns == 1, Float.isNaN(y[i]), "id " + outside);
                    }
                    float[] expected = p.table.clone();
                    for (int j = 0; j < columns; j++) {
                        expected[2 * columns + j] += p.dy[j];
                        expected[j] += p.dy[2 * columns + j];
                    }
                    assertArrayEquals(expected, p.backward(device, host, DType.F32, 0), "id " + outside);
                }
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void buffersThatDoNotFitAreRefused(ConformanceDevice kind) {
        kind.run((device, host) -> {
            try (MemoryScope scope = device.openScope("test")) {
                Embedding embedding = Embedding.on(device);
                Buffer table = scope.allocate("table", DType.F32, 8);
                Buffer ids = scope.allocate("ids", DType.I32, 2);
                assertThrows(IllegalArgumentException.class, () -> embedding.forward(2, 4, 3, ids, table, table));
                assertThrows(IllegalArgumentException.class, () -> embedding.forward(3, 2, 4, ids, table, table));
                assertThrows(IllegalArgumentException.class, () -> embedding.forward(2, 4, 2, table, table, table));
                assertThrows(IllegalArgumentException.class, () -> embedding.backward(2, 4, 2, ids, ids, table));
                embedding.forward(0, 4, 2, ids, table, table);
            }
        });
    }
}
