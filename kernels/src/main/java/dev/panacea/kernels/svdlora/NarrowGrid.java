package dev.panacea.kernels.svdlora;

import dev.panacea.runtime.cuda.Dimensions;
import dev.panacea.runtime.cuda.LaunchGeometry;

/**
 * How a narrow pass over a matrix (rows, columns) is spread over a card, as {@code svdlora/narrow_pass.cu} wants it. It depends on the
 * shape alone, and how sums are cut not even on the ranks, so that adapters together get the bits that each gets alone.
 *
 * @param width most ranks of a block
 * @param groups of ranks
 * @param slices of the columns, each of which leaves the products of the rows
 * @param parts of the rows, each of which leaves the products of the columns
 */
record NarrowGrid(int width, int groups, int slices, int parts) {
    private static final int ROWS = 256;
    private static final int COLUMNS = 64;
    private static final int THREADS = 256;
    private static final int STAGES = 2;
    private static final int[] WIDTHS = {16, 48, 96};
    // two on each multiprocessor of an A800
    private static final int BLOCKS = 216;
    // with one tile the copies hide nothing
    private static final int LEAST_TILES = 2;
    // of the products of the columns, as each takes memory
    private static final int MOST_PARTS = 32;

    static NarrowGrid of(int rows, int columns, int ranks) {
        int width = WIDTHS[0];
        for (int i = 1; i < WIDTHS.length && width < ranks; i++) {
            width = WIDTHS[i];
        }
        int parts = Math.clamp(Math.ceilDiv(rows, ROWS), 1, MOST_PARTS);
        int tiles = Math.ceilDiv(columns, COLUMNS);
        int slices = Math.min(BLOCKS / parts, Math.max(tiles / LEAST_TILES, 1));
        return new NarrowGrid(width, Math.ceilDiv(ranks, width), slices, parts);
    }

    /** @param products whether the pass leaves those of the rows, of the columns or both */
    LaunchGeometry geometry(NarrowPasses.Products products) {
        return new LaunchGeometry(new Dimensions(groups, slices, parts), new Dimensions(THREADS), sharedBytes(products, width));
    }

    /** Of a block of {@code width} ranks. */
    static int sharedBytes(NarrowPasses.Products products, int width) {
        int factorTile = products.ofRows() ? COLUMNS * width : 0;
        int rowTile = products.ofColumns() ? ROWS * width : 0;
        return Short.BYTES * (STAGES * (ROWS * COLUMNS + factorTile) + rowTile);
    }
}
