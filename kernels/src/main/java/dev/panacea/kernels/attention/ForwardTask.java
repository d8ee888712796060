package dev.panacea.kernels.attention;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The forward of one query tile: keys go by in tiles, the output is rescaled as the running maximum grows. */
final class ForwardTask {
    private static final int KEYS = 64;

    private final Matrix query;
    private final Matrix scores;
    private final Matrix output;
    private final Matrix zeros;
    private final OnlineSoftmax softmax;
    private final VisibleKeys visible;

    /**
     * @param memory {@link #scratchFloats} floats for the same head dimension
     * @param keyMask as {@link VisibleKeys} takes it
     */
    ForwardTask(MemorySegment memory, int d, MemorySegment keyMask) {
        Scratch scratch = new Scratch(memory);
        query = scratch.matrix(d, QueryTile.ROWS);
        output = scratch.matrix(d, QueryTile.ROWS);
        scores = scratch.matrix(KEYS, QueryTile.ROWS);
        softmax = new OnlineSoftmax(scratch.matrix(1, QueryTile.ROWS), scratch.matrix(1, QueryTile.ROWS));
        zeros = scratch.zeros(QueryTile.ROWS);
        visible = new VisibleKeys(scratch.matrix(1, QueryTile.ROWS), scratch.matrix(1, QueryTile.ROWS), keyMask);
    }

    static long scratchFloats(int d) {
        return (2L * d + KEYS + 5) * QueryTile.ROWS;
    }

    void run(QueryTile tile, MemorySegment q, MemorySegment k, MemorySegment v, MemorySegment o, MemorySegment logSumExp) {
        Matrix log = run(tile, q, k, v, o);
        for (int row = 0; row < tile.rows(); row++) {
            logSumExp.setAtIndex(ValueLayout.JAVA_FLOAT, tile.index(row), log.get(0, row));
        }
    }

    /** Returns the log of the softmax denominators, (1, ROWS). */
    Matrix run(QueryTile tile, MemorySegment q, MemorySegment k, MemorySegment v, MemorySegment o) {
        int d = tile.shape().headDimension();
        int lanes = tile.lanes();
        TileLayout.gather(tile, q, tile.shape().scale(), query);
        output.clearRows(d);
        softmax.reset(lanes);
        visible.reset(tile);
        for (int first = tile.begin(); first < tile.end(); first += KEYS) {
            int keys = Math.min(KEYS, tile.end() - first);
            TileProduct.multiply(keys, lanes, d, tile.heads(k, first), query, zeros, scores);
            visible.hideIn(scores, tile, first, keys);
            softmax.step(scores, keys, lanes, output, d);
            TileProduct.multiply(d, lanes, keys, tile.heads(v, first).transposed(), scores, output, output);
        }
        Matrix log = softmax.finish(output, d, lanes);
        TileLayout.scatter(tile, output, 1, o);
        return log;
    }
}
