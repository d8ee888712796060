package dev.panacea.kernels.attention;

import dev.panacea.kernels.vectors.Floats;
import java.lang.foreign.MemorySegment;

/** Copies between the rows of a {@link QueryTile} in (token, query head, D) arrays and tiles in scratch memory. */
final class TileLayout {

    private TileLayout() { }

    /** columns (D, ROWS) = factor · rowsᵀ; lanes beyond the tile's rows become 0. */
    static void gather(QueryTile tile, MemorySegment array, float factor, Matrix columns) {
        int d = tile.shape().headDimension();
        for (int row = 0; row < tile.rows(); row++) {
            long from = array.address() + Float.BYTES * tile.index(row) * d;
            long to = columns.at(0, row);
            for (int i = 0; i < d; i++, from += Float.BYTES, to += columns.row()) {
                Floats.set(to, factor * Floats.get(from));
            }
        }
        for (int i = 0; i < d; i++) {
            Floats.clear(columns.at(i, tile.rows()), tile.lanes() - tile.rows());
        }
    }

    /** rows of the array = factor · columnsᵀ; columns is (D, ROWS). */
    static void scatter(QueryTile tile, Matrix columns, float factor, MemorySegment array) {
        int d = tile.shape().headDimension();
        for (int row = 0; row < tile.rows(); row++) {
            long from = columns.at(0, row);
            long to = array.address() + Float.BYTES * tile.index(row) * d;
            for (int i = 0; i < d; i++, from += columns.row(), to += Float.BYTES) {
                Floats.set(to, factor * Floats.get(from));
            }
        }
    }

    /** rows (ROWS, whole vectors) = factor · rows of the array; columns beyond D and rows beyond the tile's become 0. */
    static void copyRows(QueryTile tile, MemorySegment array, float factor, Matrix rows) {
        int d = tile.shape().headDimension();
        rows.clearRows(tile.lanes());
        for (int row = 0; row < tile.rows(); row++) {
            long from = array.address() + Float.BYTES * tile.index(row) * d;
            long to = rows.at(row, 0);
            for (int i = 0; i < d; i++, from += Float.BYTES, to += Float.BYTES) {
                Floats.set(to, factor * Floats.get(from));
            }
        }
    }
}
