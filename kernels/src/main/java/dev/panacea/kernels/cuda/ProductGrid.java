package dev.panacea.kernels.cuda;

import dev.panacea.runtime.cuda.Dimensions;
import dev.panacea.runtime.cuda.LaunchGeometry;

/**
 * How a product C (rows, columns) is spread over a card, as {@code common/product_grid.cuh} wants it; {@link ProductCard} chooses.
 *
 * @param block what a block computes of C
 * @param slices of the depth; with more than one, each leaves a C of its own in float32, to be added up in order
 */
public record ProductGrid(int rows, int columns, Block block, int slices) {
    private static final int TILE_ROWS = 128;
    private static final int MOST_EXTENT = 1 << 30;

    /** Blocks of 128 rows, and the endings of their kernels' names. */
    public enum Block {
        NARROW("", 128, 128), WIDE("_wide", 256, 256), UNALIGNED("_unaligned", 128, 128);

        private final String ending;
        private final int columns;
        private final int threads;

        Block(String ending, int columns, int threads) {
            this.ending = ending;
            this.columns = columns;
            this.threads = threads;
        }

        public String ending() {
            return ending;
        }

        /** Four stages of 8 KB for 128 rows or columns; the sums of a warp, 16 KB, follow in the same place. */
        public int sharedBytes() {
            return Math.max(4 * 64 * (TILE_ROWS + columns), threads / 32 * (16 << 10));
        }
    }

    /** @throws IllegalArgumentException when an extent is below 1 or above 2³⁰ */
    public ProductGrid {
        if (rows < 1 || columns < 1 || rows > MOST_EXTENT || columns > MOST_EXTENT) {
            throw new IllegalArgumentException("a product has 1 to 2^30 rows and columns, not " + rows + " and " + columns);
        }
    }

    int tiles() {
        return Math.toIntExact((long) Math.ceilDiv(rows, TILE_ROWS) * Math.ceilDiv(columns, block.columns));
    }

    public boolean sliced() {
        return slices > 1;
    }

    /** Floats of all slices together. */
    public long sliceElements() {
        return (long) slices * rows * columns;
    }

    public LaunchGeometry geometry() {
        return new LaunchGeometry(new Dimensions(tiles(), slices), new Dimensions(block.threads), block.sharedBytes());
    }
}
