package dev.panacea.kernels.embedding;

import dev.panacea.kernels.Oracle;
import dev.panacea.kernels.elementwise.Elementwise;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.HostBuffer;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.MemoryScope;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.panacea.kernels.Oracle.buffer;
import static dev.panacea.kernels.Oracle.poisoned;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class HostEmbeddingTest {

    private record Problem(int rows, int columns, int vocabulary, int[] ids, float[] table, float[] dy) {

        static Problem of(int rows, int columns, int vocabulary) {
            Random random = new Random(rows + columns);
            return new Problem(rows, columns, vocabulary, random.ints(rows, 0, vocabulary).toArray(),
                Oracle.normal(random, vocabulary * columns), Oracle.normal(random, rows * columns));
        }

        float[] forward(HostDevice device, MemoryScope scope, DType dtype) {
            HostBuffer stored = scope.allocateHost("table", dtype, table.length);
            Elementwise.on(device).cast(table.length, buffer(scope, table), stored);
            HostBuffer y = poisoned(scope, rows * columns);
            Embedding.on(device).forward(rows, columns, vocabulary, buffer(scope, ids), stored, y);
            return y.toFloats();
        }

        float[] backward(HostDevice device, MemoryScope scope) {
            HostBuffer dTable = buffer(scope, table);
            Embedding.on(device).backward(rows, columns, vocabulary, buffer(scope, ids), buffer(scope, dy), dTable);
            return dTable.toFloats();
        }
    }

    @ParameterizedTest
    @CsvSource({"1,1,1", "7,16,5", "129,17,9", "1000,129,50", "3,4097,2"})
    void forwardGathersRowsExactly(int rows, int columns, int vocabulary) {
        Problem p = Problem.of(rows, columns, vocabulary);
        float[] full = Oracle.onHost((device, scope) -> p.forward(device, scope, DType.F32));
        float[] half = Oracle.onHost((device, scope) -> p.forward(device, scope, DType.BF16));
        for (int i = 0; i < rows * columns; i++) {
            float value = p.table[p.ids[i / columns] * columns + i % columns];
            assertTrue(full[i] == value, "F32");
            assertTrue(Math.abs(half[i] - value) <= Math.ulp(value) * 0x1p15f, "BF16 keeps eight bits");
            assertTrue((Float.floatToIntBits(half[i]) & 0xFFFF) == 0, "BF16 widens with zeros");
        }
    }

    @ParameterizedTest
    @CsvSource({"1,1,1", "7,16,5", "129,17,9", "1000,129,50", "3,4097,2"})
    void backwardAddsInRowOrderToTheBit(int rows, int columns, int vocabulary) {
        Problem p = Problem.of(rows, columns, vocabulary);
        float[] expected = p.table.clone();
        for (int i = 0; i < rows * columns; i++) {
            expected[p.ids[i / columns] * columns + i % columns] += p.dy[i];
        }
        assertArrayEquals(expected, Oracle.onHost(p::backward));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 5, Integer.MIN_VALUE})
    void anIdOutsideTheTableIsNamedInBothDirections(int outside) {
        Problem p = new Problem(3, 2, 5, new int[] {0, outside, -7}, new float[10], new float[6]);
        String message = assertThrows(IllegalArgumentException.class,
            () -> Oracle.onHost((device, scope) -> p.forward(device, scope, DType.F32))).getMessage();
        assertTrue(message.contains("id " + outside + " of row 1"), message);
        assertThrows(IllegalArgumentException.class, () -> Oracle.onHost(p::backward));
    }
}
