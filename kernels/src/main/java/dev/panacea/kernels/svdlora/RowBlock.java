package dev.panacea.kernels.svdlora;

import dev.panacea.runtime.Buffer;

/** Rows [from, to) of a batch that one core takes through all its products. */
record RowBlock(int from, int to) {
    private static final int ROWS = 128;

    static int blocks(int rows) {
        return Math.ceilDiv(rows, ROWS);
    }

    static RowBlock of(int index, int rows) {
        return new RowBlock(index * ROWS, Math.min(rows, (index + 1) * ROWS));
    }

    int count() {
        return to - from;
    }

    long elements(int columns) {
        return (long) count() * columns;
    }

    /** These rows of {@code matrix} (rows, columns). */
    Buffer of(int columns, Buffer matrix) {
        return matrix.slice((long) from * columns, elements(columns));
    }
}
