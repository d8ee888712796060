package dev.panacea.kernels.attention;

import dev.panacea.kernels.vectors.Floats;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

import static dev.panacea.kernels.vectors.Floats.LANES;
import static dev.panacea.kernels.vectors.Floats.SPECIES;
import static dev.panacea.kernels.vectors.Floats.load;
import static dev.panacea.kernels.vectors.Floats.store;

/** Copies between the rows of a {@link QueryTile} in (token, query head, D) arrays and tiles in scratch memory. */
final class TileLayout {

    private TileLayout() { }

    /** columns (D, ROWS) = factor · rowsᵀ; lanes beyond the tile's rows become 0. */
    static void gather(QueryTile tile, MemorySegment array, float factor, Matrix columns) {
        int d = tile.shape().headDimension();
        int squares = d / LANES * LANES;
        for (int first = 0; first < tile.lanes(); first += LANES) {
            for (int column = 0; column < squares; column += LANES) {
                for (int i = 0; i < LANES; i++) {
                    store(vector(tile, array, first + i, column, factor), columns.at(column + i, first));
                }
                SquareTranspose.run(columns.at(column, first), columns.row());
            }
        }
        for (int column = squares; column < d; column++) {
            for (int row = 0; row < tile.lanes(); row++) {
                columns.set(column, row, row < tile.rows() ? factor * Floats.get(address(tile, array, row, column)) : 0);
            }
        }
    }

    private static FloatVector vector(QueryTile tile, MemorySegment array, int row, int column, float factor) {
        return row < tile.rows() ? load(address(tile, array, row, column)).mul(factor) : FloatVector.zero(SPECIES);
    }

    /** rows of the array = factor · columnsᵀ; columns is (D, ROWS) and left in disorder. */
    static void scatter(QueryTile tile, Matrix columns, float factor, MemorySegment array) {
        int d = tile.shape().headDimension();
        int squares = d / LANES * LANES;
        for (int first = 0; first < tile.rows(); first += LANES) {
            int rows = Math.min(LANES, tile.rows() - first);
            for (int column = 0; column < squares; column += LANES) {
                SquareTranspose.run(columns.at(column, first), columns.row());
                for (int i = 0; i < rows; i++) {
                    store(load(columns.at(column + i, first)).mul(factor), address(tile, array, first + i, column));
                }
            }
        }
        for (int column = squares; column < d; column++) {
            for (int row = 0; row < tile.rows(); row++) {
                Floats.set(address(tile, array, row, column), factor * columns.get(column, row));
            }
        }
    }

    private static long address(QueryTile tile, MemorySegment array, int row, int column) {
        return array.address() + Float.BYTES * (tile.index(row) * tile.shape().headDimension() + column);
    }

    /** rows (ROWS, whole vectors) = factor · rows of the array; columns beyond D and rows beyond the tile's become 0. */
    static void copyRows(QueryTile tile, MemorySegment array, float factor, Matrix rows) {
        int d = tile.shape().headDimension();
        int whole = d / LANES * LANES;
        if (whole < d || tile.rows() < tile.lanes()) {
            rows.clearRows(tile.lanes());
        }
        for (int row = 0; row < tile.rows(); row++) {
            for (int column = 0; column < whole; column += LANES) {
                store(load(address(tile, array, row, column)).mul(factor), rows.at(row, column));
            }
            for (int column = whole; column < d; column++) {
                rows.set(row, column, factor * Floats.get(address(tile, array, row, column)));
            }
        }
    }
}
