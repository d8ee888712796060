package dev.panacea.kernels.svdlora;

import dev.panacea.kernels.cuda.ProductCard;
import dev.panacea.kernels.cuda.ProductGrid;
import dev.panacea.kernels.svdlora.AdaptedProduct.Way;
import dev.panacea.kernels.svdlora.SvdLoraLinear.Shape;

/**
 * All that is chosen from a layer's shape: how its products and passes are spread over a card, and with that the order of all sums. A
 * table of measured choices would answer here instead.
 *
 * @param card that products are cut for
 * @param ranks r, filled up with zeros to whole fragments of 16
 * @param outputPass over dy
 * @param chunks of rows that the diagonals' gradient is summed in
 */
record SvdLoraPlan(Shape shape, ProductCard card, int ranks, NarrowGrid outputPass, int chunks) {
    private static final int PAGE = 16;
    private static final int TILE_DEPTH = 32;
    private static final int CHUNK_ROWS = 128;
    private static final int MOST_CHUNKS = 64;
    // of the diagonals' gradient: enough for any card, and few where there is a preference for every row
    private static final int BLOCKS = 1024;

    static SvdLoraPlan of(Shape shape, ProductCard card) {
        int ranks = ranks(shape.rank());
        return new SvdLoraPlan(shape, card, ranks, NarrowGrid.of(shape.rows(), shape.outputs(), ranks),
            chunks(shape.rows(), shape.preferences()));
    }

    /** The product that leaves y, or dx. */
    ProductGrid product(Way way, boolean aligned) {
        return switch (way) {
            case FORWARD -> card.sliced(shape.rows(), shape.outputs(), depth(shape.inputs(), ranks), aligned);
            case INPUT_GRADIENT -> card.sliced(shape.rows(), shape.inputs(), depth(shape.outputs(), ranks), aligned);
        };
    }

    static int ranks(int rank) {
        return Math.ceilDiv(rank, PAGE) * PAGE;
    }

    // of two pairs of operands, each in whole tiles
    private static int depth(int wide, int ranks) {
        return Math.ceilDiv(wide, TILE_DEPTH) * TILE_DEPTH + ranks;
    }

    private static int chunks(int rows, int preferences) {
        int most = Math.clamp(BLOCKS / preferences, 1, MOST_CHUNKS);
        return Math.min(Math.ceilDiv(rows, CHUNK_ROWS), most);
    }
}
