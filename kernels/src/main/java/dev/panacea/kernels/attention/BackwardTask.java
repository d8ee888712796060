package dev.panacea.kernels.attention;

import dev.panacea.kernels.vectors.Exponential;
import dev.panacea.kernels.vectors.Floats;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import jdk.incubator.vector.FloatVector;

import static dev.panacea.kernels.vectors.Floats.LANES;
import static dev.panacea.kernels.vectors.Floats.NATIVE;
import static dev.panacea.kernels.vectors.Floats.ORDER;
import static dev.panacea.kernels.vectors.Floats.SPECIES;
import static dev.panacea.kernels.vectors.Floats.load;

/**
 * The backward of one sequence under one key/value head. Query tiles go by in order; dK and dV of the whole sequence gather
 * over them and over the query heads of the group, so nothing is summed across tasks.
 */
final class BackwardTask {
    private static final int KEYS = 64;

    /** The arrays of one call; {@code keyMask} as {@link VisibleKeys} takes it. */
    record Arrays(MemorySegment query, MemorySegment key, MemorySegment value, MemorySegment output, MemorySegment logSumExp,
                  MemorySegment dOutput, MemorySegment dQuery, MemorySegment dKey, MemorySegment dValue, MemorySegment keyMask) { }

    private final Arrays arrays;
    private final int d;
    private final int width;
    private final Matrix query;
    private final Matrix dOutput;
    private final Matrix dQuery;
    private final Matrix queryRows;
    private final Matrix dOutputRows;
    private final Matrix probabilities;
    private final Matrix dScores;
    private final Matrix logSumExp;
    private final Matrix delta;
    private final Matrix dKey;
    private final Matrix dValue;
    private final Matrix zeros;
    private final VisibleKeys visible;

    /** @param memory {@link #scratchFloats} floats for the same head dimension and a sequence of {@code length} tokens */
    BackwardTask(Arrays arrays, MemorySegment memory, int d, int length) {
        this.arrays = arrays;
        this.d = d;
        width = Floats.wholeVectors(d);
        Scratch scratch = new Scratch(memory);
        query = scratch.matrix(d, QueryTile.ROWS);
        dOutput = scratch.matrix(d, QueryTile.ROWS);
        dQuery = scratch.matrix(d, QueryTile.ROWS);
        queryRows = scratch.matrix(QueryTile.ROWS, width);
        dOutputRows = scratch.matrix(QueryTile.ROWS, width);
        probabilities = scratch.matrix(KEYS, QueryTile.ROWS);
        dScores = scratch.matrix(KEYS, QueryTile.ROWS);
        logSumExp = scratch.matrix(1, QueryTile.ROWS);
        delta = scratch.matrix(1, QueryTile.ROWS);
        zeros = scratch.zeros(QueryTile.ROWS);
        visible = new VisibleKeys(scratch.matrix(1, QueryTile.ROWS), scratch.matrix(1, QueryTile.ROWS), arrays.keyMask());
        dKey = scratch.matrix(length, width);
        dValue = scratch.matrix(length, width);
    }

    static long scratchFloats(int d, int length) {
        long width = Floats.wholeVectors(d);
        return (3L * d + 2 * width + 2 * KEYS + 5) * QueryTile.ROWS + 2 * length * width;
    }

    /** @param tiles all query tiles of one sequence and key/value head */
    void run(List<QueryTile> tiles) {
        QueryTile any = tiles.getFirst();
        dKey.clearRows(any.length());
        dValue.clearRows(any.length());
        for (QueryTile tile : tiles) {
            prepare(tile);
            for (int first = tile.begin(); first < tile.end(); first += KEYS) {
                step(tile, first, Math.min(KEYS, tile.end() - first));
            }
            TileLayout.scatter(tile, dQuery, tile.shape().scale(), arrays.dQuery());
        }
        Matrix keyGradient = any.heads(arrays.dKey(), 0);
        Matrix valueGradient = any.heads(arrays.dValue(), 0);
        for (int position = 0; position < any.length(); position++) {
            Floats.copy(dKey.at(position, 0), keyGradient.at(position, 0), d);
            Floats.copy(dValue.at(position, 0), valueGradient.at(position, 0), d);
        }
    }

    private void prepare(QueryTile tile) {
        float scale = tile.shape().scale();
        TileLayout.gather(tile, arrays.query(), scale, query);
        TileLayout.gather(tile, arrays.dOutput(), 1, dOutput);
        TileLayout.copyRows(tile, arrays.query(), scale, queryRows);
        TileLayout.copyRows(tile, arrays.dOutput(), 1, dOutputRows);
        TileLayout.gather(tile, arrays.output(), 1, dQuery);
        for (int v = 0; v < tile.lanes(); v += LANES) {
            outputDotGradient(v);
        }
        dQuery.clearRows(d);
        visible.reset(tile);
        for (int row = 0; row < tile.lanes(); row++) {
            logSumExp.set(0, row, row < tile.rows() ? arrays.logSumExp().getAtIndex(ValueLayout.JAVA_FLOAT, tile.index(row)) : 0);
        }
    }

    // Delta, Σ P·dP of a query, is its output (lying where dQuery will) times its gradient; summed as dP is: one key alone gives dS = 0.
    private void outputDotGradient(int v) {
        FloatVector sum = FloatVector.zero(SPECIES);
        long output = dQuery.at(0, v), gradient = dOutput.at(0, v), row = dOutput.row();
        for (int i = 0; i < d; i++, output += row, gradient += row) {
            FloatVector factor = FloatVector.fromMemorySegment(SPECIES, NATIVE, gradient, ORDER);
            sum = FloatVector.fromMemorySegment(SPECIES, NATIVE, output, ORDER).fma(factor, sum);
        }
        sum.intoMemorySegment(NATIVE, delta.at(0, v), ORDER);
    }

    private void step(QueryTile tile, int first, int keys) {
        int lanes = tile.lanes();
        Matrix key = tile.heads(arrays.key(), first);
        TileProduct.multiply(keys, lanes, d, key, query, zeros, probabilities);
        visible.hideIn(probabilities, tile, first, keys);
        TileProduct.multiply(keys, lanes, d, tile.heads(arrays.value(), first), dOutput, zeros, dScores);
        softmaxBackward(keys, lanes);
        TileProduct.multiply(keys, width, lanes, probabilities, dOutputRows, dValue.fromRow(first), dValue.fromRow(first));
        TileProduct.multiply(keys, width, lanes, dScores, queryRows, dKey.fromRow(first), dKey.fromRow(first));
        TileProduct.multiply(d, lanes, keys, key.transposed(), dScores, dQuery, dQuery);
    }

    private void softmaxBackward(int keys, int lanes) {
        for (int v = 0; v < lanes; v += LANES) {
            exponentials(keys, v, load(logSumExp.at(0, v)));
            scoreGradients(keys, v, load(delta.at(0, v)));
        }
    }

    // Scores become probabilities.
    private void exponentials(int keys, int v, FloatVector logSumExp) {
        long at = probabilities.at(0, v), row = probabilities.row();
        for (int j = 0; j < keys; j++, at += row) {
            FloatVector score = FloatVector.fromMemorySegment(SPECIES, NATIVE, at, ORDER);
            Exponential.exp(score.sub(logSumExp)).intoMemorySegment(NATIVE, at, ORDER);
        }
    }

    // dP becomes P·(dP - delta).
    private void scoreGradients(int keys, int v, FloatVector delta) {
        long p = probabilities.at(0, v), ds = dScores.at(0, v), row = probabilities.row();
        for (int j = 0; j < keys; j++, p += row, ds += row) {
            FloatVector gradient = FloatVector.fromMemorySegment(SPECIES, NATIVE, ds, ORDER).sub(delta);
            gradient.mul(FloatVector.fromMemorySegment(SPECIES, NATIVE, p, ORDER)).intoMemorySegment(NATIVE, ds, ORDER);
        }
    }
}
