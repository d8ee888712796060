package dev.panacea.kernels.cuda;

import dev.panacea.runtime.cuda.Dimensions;
import dev.panacea.runtime.cuda.LaunchGeometry;

/**
 * How a product C (rows, columns) is spread over a card, as {@code common/product_grid.cuh} wants it. It depends on the shape alone, and
 * with it the order of all sums: the same bits on every card.
 *
 * @param tiles of C
 * @param slices of the depth; with more than one, each leaves a C of its own in float32, to be added up in order
 */
public record ProductGrid(int rows, int columns, int tiles, int slices) {
    /** Shared memory that a block takes: four stages of a tile of both operands. */
    public static final int SHARED_BYTES = 64 << 10;

    private static final int TILE = 128;
    private static final int TILE_DEPTH = 32;
    private static final int THREADS = 128;
    private static final int MOST_EXTENT = 1 << 30;
    // with fewer tiles of depth than stages the copies hide nothing
    private static final int LEAST_SLICE = 4;
    private static final int MOST_SLICES = 64;
    private static final long MOST_SLICE_BYTES = 128L << 20;

    // What an A800 is thought to do: 108 multiprocessors of two blocks, which take 0.9 µs for a tile of depth each, a second launch
    // of 4 µs, and 1.6 MB copied in a µs.
    private static final int BLOCKS = 216;
    private static final double TILE_TIME = 0.9;
    private static final double LAUNCH_TIME = 4;
    private static final double BYTES_A_TIME = 1.6e6;

    /**
     * As few slices as take the least time.
     *
     * @throws IllegalArgumentException when an extent is below 1 or above 2³⁰
     */
    public static ProductGrid of(int rows, int columns, int depth) {
        int tiles = tiles(rows, columns);
        if (depth < 1 || depth > MOST_EXTENT) {
            throw new IllegalArgumentException("a product sums over 1 to 2^30 elements, not " + depth);
        }
        int depthTiles = Math.ceilDiv(depth, TILE_DEPTH);
        long bytes = (long) rows * columns * Float.BYTES;
        long most = Math.min(Math.min(depthTiles / LEAST_SLICE, MOST_SLICES), MOST_SLICE_BYTES / bytes);
        int best = 1;
        for (int slices = 2; slices <= most; slices++) {
            if (time(tiles, depthTiles, slices, bytes) < time(tiles, depthTiles, best, bytes)) {
                best = slices;
            }
        }
        return new ProductGrid(rows, columns, tiles, best);
    }

    /** One slice, whatever the depth. */
    public static ProductGrid whole(int rows, int columns) {
        return new ProductGrid(rows, columns, tiles(rows, columns), 1);
    }

    private static int tiles(int rows, int columns) {
        if (rows < 1 || columns < 1 || rows > MOST_EXTENT || columns > MOST_EXTENT) {
            throw new IllegalArgumentException("a product has 1 to 2^30 rows and columns, not " + rows + " and " + columns);
        }
        return Math.toIntExact((long) Math.ceilDiv(rows, TILE) * Math.ceilDiv(columns, TILE));
    }

    private static double time(int tiles, int depthTiles, int slices, long bytes) {
        double products = Math.ceilDiv((long) tiles * slices, BLOCKS) * Math.ceilDiv(depthTiles, slices) * TILE_TIME;
        return slices == 1 ? products : products + LAUNCH_TIME + 2 * slices * bytes / BYTES_A_TIME;
    }

    public boolean sliced() {
        return slices > 1;
    }

    /** Floats of all slices together. */
    public long sliceElements() {
        return (long) slices * rows * columns;
    }

    public LaunchGeometry geometry() {
        return new LaunchGeometry(new Dimensions(tiles, slices), new Dimensions(THREADS), SHARED_BYTES);
    }

    /** Whether every row of the matrices begins at a multiple of 16 bytes, so that they can be copied without passing registers. */
    public static boolean isAligned(long addresses, int... strides) {
        int low = (int) (addresses % 16);
        for (int stride : strides) {
            low |= stride % 8;
        }
        return low == 0;
    }
}
