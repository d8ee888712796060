package dev.panacea.kernels.attention;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Copies between the rows of a {@link QueryTile} in (token, query head, D) arrays and tiles in scratch memory. */
final class TileLayout {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

    private TileLayout() { }

    /** columns (D, ROWS) = factor · rowsᵀ; lanes beyond the tile's rows become 0. */
    static void gather(QueryTile tile, MemorySegment array, float factor, Matrix columns) {
        int d = tile.shape().headDimension();
        for (int row = 0; row < tile.rows(); row++) {
            long from = Float.BYTES * tile.index(row) * d;
            long to = columns.origin() + row * columns.column();
            for (int i = 0; i < d; i++) {
                columns.memory().set(FLOAT, to + i * columns.row(), factor * array.get(FLOAT, from + (long) i * Float.BYTES));
            }
        }
        int padding = tile.lanes() - tile.rows();
        for (int i = 0; i < d; i++) {
            columns.memory().asSlice(columns.origin() + i * columns.row() + tile.rows() * columns.column(),
                (long) padding * Float.BYTES).fill((byte) 0);
        }
    }

    /** rows of the array = columnsᵀ, each row times its own factor; columns is (D, ROWS). */
    static void scatter(QueryTile tile, Matrix columns, float factor, MemorySegment array) {
        int d = tile.shape().headDimension();
        for (int row = 0; row < tile.rows(); row++) {
            long to = Float.BYTES * tile.index(row) * d;
            long from = columns.origin() + row * columns.column();
            for (int i = 0; i < d; i++) {
                array.set(FLOAT, to + (long) i * Float.BYTES, factor * columns.memory().get(FLOAT, from + i * columns.row()));
            }
        }
    }

    /** tile (rows, stride) = factor · rows; columns beyond D and rows beyond the tile's become 0. */
    static void copyRows(QueryTile tile, MemorySegment array, float factor, Matrix rows) {
        int d = tile.shape().headDimension();
        rows.memory().asSlice(rows.origin(), tile.lanes() * rows.row()).fill((byte) 0);
        for (int row = 0; row < tile.rows(); row++) {
            long from = Float.BYTES * tile.index(row) * d;
            long to = rows.origin() + row * rows.row();
            for (int i = 0; i < d; i++) {
                rows.memory().set(FLOAT, to + (long) i * Float.BYTES, factor * array.get(FLOAT, from + (long) i * Float.BYTES));
            }
        }
    }
}
