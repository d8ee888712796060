package dev.panacea.kernels.attention;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A float32 matrix somewhere in host memory: element (i, j) lies at byte {@code origin + i·row + j·column}.
 *
 * @param row bytes from one row to the next
 * @param column bytes from one column to the next
 */
record Matrix(MemorySegment memory, long origin, long row, long column) {

    /** Rows of {@code stride} elements, from element {@code first} of {@code memory}. */
    static Matrix rows(MemorySegment memory, long first, long stride) {
        return new Matrix(memory, Float.BYTES * first, Float.BYTES * stride, Float.BYTES);
    }

    Matrix transposed() {
        return new Matrix(memory, origin, column, row);
    }

    /** Byte of element (i, j). */
    long at(int i, int j) {
        return origin + i * row + j * column;
    }

    float get(int i, int j) {
        return memory.get(ValueLayout.JAVA_FLOAT, at(i, j));
    }

    void set(int i, int j, float value) {
        memory.set(ValueLayout.JAVA_FLOAT, at(i, j), value);
    }

    /** Zeros in the first {@code count} rows, which lie one behind the other. */
    void clearRows(int count) {
        memory.asSlice(origin, count * row).fill((byte) 0);
    }

    /** The first {@code count} elements of row i to the same row of {@code target}. */
    void copyRow(int i, int count, Matrix target) {
        MemorySegment.copy(memory, at(i, 0), target.memory, target.at(i, 0), (long) count * Float.BYTES);
    }

    /** The same matrix without its first {@code count} rows. */
    Matrix fromRow(long count) {
        return new Matrix(memory, origin + count * row, row, column);
    }
}
