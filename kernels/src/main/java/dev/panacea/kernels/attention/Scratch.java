package dev.panacea.kernels.attention;

import java.lang.foreign.MemorySegment;

/** Cuts one task's scratch memory into matrices, one behind the other; contents are arbitrary. */
final class Scratch {
    private final MemorySegment memory;
    private long used;

    Scratch(MemorySegment memory) {
        this.memory = memory;
    }

    /** Rows of {@code columns} floats, a multiple of the vector length. */
    Matrix matrix(int rows, int columns) {
        Matrix matrix = Matrix.rows(memory, used, columns);
        used += (long) rows * columns;
        return matrix;
    }

    /** Any number of rows of zeros, which are one. */
    Matrix zeros(int columns) {
        Matrix row = matrix(1, columns);
        row.clearRows(1);
        return row.repeated();
    }
}
