package dev.panacea.runtime;

/**
 * How C of a product is cut into tasks: a function of the extents alone, so that the same call adds in the same order
 * whatever the number of threads.
 */
record Tiling(int m, int n, int tileRows, int tileColumns) {
    private static final int ROWS = 256;
    private static final int COLUMNS = 512;
    private static final int SMALLEST = 64;

    /** Tiles wanted of a large product, so that the cores of a large machine all find work. */
    private static final int WANTED = 16;

    /** Products of less are not worth another task: some 20 µs of one core. */
    private static final long LEAST_FLOPS = 2_000_000;

    static Tiling of(int m, int n, int k) {
        int rows = Math.min(m, ROWS);
        int columns = Math.min(n, COLUMNS);
        while (true) {
            Tiling tiling = new Tiling(m, n, rows, columns);
            boolean splitRows = rows >= columns;
            int halved = half(splitRows ? rows : columns);
            if (tiling.count() >= WANTED || halved < SMALLEST || 2L * rows * columns * k < 2 * LEAST_FLOPS) {
                return tiling;
            }
            rows = splitRows ? halved : rows;
            columns = splitRows ? columns : halved;
        }
    }

    // Multiples of 16 float32 keep tiles on cache lines.
    private static int half(int extent) {
        return Math.ceilDiv(extent, 32) * 16;
    }

    int count() {
        return Math.ceilDiv(m, tileRows) * acrossColumns();
    }

    int row(int tile) {
        return tile / acrossColumns() * tileRows;
    }

    int column(int tile) {
        return tile % acrossColumns() * tileColumns;
    }

    int rows(int tile) {
        return Math.min(tileRows, m - row(tile));
    }

    int columns(int tile) {
        return Math.min(tileColumns, n - column(tile));
    }

    private int acrossColumns() {
        return Math.ceilDiv(n, tileColumns);
    }
}
