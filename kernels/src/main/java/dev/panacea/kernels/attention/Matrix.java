package dev.panacea.kernels.attention;

import dev.panacea.kernels.vectors.Floats;
import java.lang.foreign.MemorySegment;

/**
 * A float32 matrix somewhere in native memory: element (i, j) lies at {@code address + i·row + j·column}.
 *
 * @param row bytes from one row to the next
 * @param column bytes from one column to the next
 */
record Matrix(long address, long row, long column) {

    /** Rows of {@code stride} elements, from element {@code first} of {@code memory}. */
    static Matrix rows(MemorySegment memory, long first, long stride) {
        return new Matrix(memory.address() + Float.BYTES * first, Float.BYTES * stride, Float.BYTES);
    }

    long at(int i, int j) {
        return address + i * row + j * column;
    }

    float get(int i, int j) {
        return Floats.get(at(i, j));
    }

    void set(int i, int j, float value) {
        Floats.set(at(i, j), value);
    }

    Matrix transposed() {
        return new Matrix(address, column, row);
    }

    /** The same matrix without its first {@code count} rows. */
    Matrix fromRow(int count) {
        return new Matrix(address + count * row, row, column);
    }

    Matrix fromColumn(int count) {
        return new Matrix(address + count * column, row, column);
    }

    /** Zeros in the first {@code count} rows, which lie one behind the other. */
    void clearRows(int count) {
        Floats.clear(address, count * row / Float.BYTES);
    }

    /** The first row in the place of every row. */
    Matrix repeated() {
        return new Matrix(address, 0, column);
    }
}
