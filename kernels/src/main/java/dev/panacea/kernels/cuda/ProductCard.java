package dev.panacea.kernels.cuda;

import dev.panacea.kernels.cuda.ProductGrid.Block;

/**
 * The card that products are cut for. It is the same whatever card they run on, so that a shape alone fixes the order of all sums: the
 * same bits on every card.
 *
 * @param blocks narrow ones that run at once
 */
public record ProductCard(int blocks) {
    /** 108 multiprocessors of two blocks. */
    public static final ProductCard A800 = new ProductCard(216);

    private static final int TILE_DEPTH = 32;
    private static final int MOST_DEPTH = 1 << 30;
    private static final long MOST_ELEMENTS = 1L << 35;
    // with fewer tiles of depth than stages the copies hide nothing
    private static final int LEAST_SLICE = 4;
    private static final int MOST_SLICES = 64;
    private static final long MOST_SLICE_BYTES = 128L << 20;

    // What an A800 is thought to do, in µs: a tile of depth of as many blocks as run at once, a second launch, and bytes copied in one.
    private static final double TILE_TIME = 0.9;
    private static final double LAUNCH_TIME = 4;
    private static final double BYTES_A_TIME = 1.6e6;

    /**
     * As few slices as take the least time.
     *
     * @param aligned whether every stored row of the operands begins at a multiple of 16 bytes
     * @throws IllegalArgumentException when an extent is below 1 or above 2³⁰, or an operand has more than 2³⁵ elements
     */
    public ProductGrid sliced(int rows, int columns, int depth, boolean aligned) {
        checkOperand(rows, depth);
        checkOperand(columns, depth);
        return cut(rows, columns, Math.ceilDiv(depth, TILE_DEPTH), MOST_SLICES, aligned);
    }

    /**
     * Refuses what the offsets of the kernels do not reach.
     *
     * @throws IllegalArgumentException when {@code depth} is below 1 or above 2³⁰, or the matrix has more than 2³⁵ elements
     */
    public static void checkOperand(int lines, int depth) {
        if (depth < 1 || depth > MOST_DEPTH || (long) lines * depth > MOST_ELEMENTS) {
            throw new IllegalArgumentException("a product sums over 1 to 2^30 elements and takes matrices of up to 2^35, not " + lines
                + " times " + depth);
        }
    }

    /** One slice, whatever the depth. */
    public ProductGrid whole(int rows, int columns, boolean aligned) {
        return cut(rows, columns, 1, 1, aligned);
    }

    // Wide blocks where several narrow ones would follow each other anyway and they take no longer: they read less.
    private ProductGrid cut(int rows, int columns, int depthTiles, int mostSlices, boolean aligned) {
        ProductGrid narrow = cut(rows, columns, depthTiles, mostSlices, aligned ? Block.NARROW : Block.UNALIGNED);
        if (!aligned || narrow.tiles() <= blocks) {
            return narrow;
        }
        ProductGrid wide = cut(rows, columns, depthTiles, mostSlices, Block.WIDE);
        return time(wide, depthTiles) <= time(narrow, depthTiles) ? wide : narrow;
    }

    private ProductGrid cut(int rows, int columns, int depthTiles, int mostSlices, Block block) {
        ProductGrid best = new ProductGrid(rows, columns, block, 1);
        long most = Math.min(Math.min(depthTiles / LEAST_SLICE, mostSlices), MOST_SLICE_BYTES / (best.sliceElements() * Float.BYTES));
        for (int slices = 2; slices <= most; slices++) {
            ProductGrid grid = new ProductGrid(rows, columns, block, slices);
            if (time(grid, depthTiles) < time(best, depthTiles)) {
                best = grid;
            }
        }
        return best;
    }

    private double time(ProductGrid grid, int depthTiles) {
        int together = grid.block() == Block.WIDE ? Math.max(1, blocks / 2) : blocks;
        double products = Math.ceilDiv((long) grid.tiles() * grid.slices(), together) * Math.ceilDiv(depthTiles, grid.slices()) * TILE_TIME;
        return grid.sliced() ? products + LAUNCH_TIME + 2 * grid.sliceElements() * Float.BYTES / BYTES_A_TIME : products;
    }

    /** Whether addresses (or-ed together) and rows of so many bfloat16 each begin at multiples of 16 bytes. */
    public static boolean isAligned(long addresses, int... strides) {
        int low = (int) (addresses % 16);
        for (int stride : strides) {
            low |= stride % 8;
        }
        return low == 0;
    }
}
