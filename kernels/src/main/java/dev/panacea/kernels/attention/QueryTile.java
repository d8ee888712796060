package dev.panacea.kernels.attention;

import dev.panacea.kernels.PackedSequences;
import dev.panacea.kernels.vectors.Floats;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Up to {@link #ROWS} query rows of one sequence that read the same key/value head. Rows run over positions and, inside a
 * position, over the query heads of the group: a tile loads each key once for the whole group.
 *
 * @param firstQuery token of the sequence's first query in the query array
 * @param firstKey token of its first key in the key and value arrays
 * @param length keys of the sequence
 * @param firstRow row = position · group + head inside the group
 */
record QueryTile(Attention.Shape shape, int firstQuery, int firstKey, int length, int keyValueHead, int firstRow, int rows) {
    /** Rows lie in vector lanes: four vectors of sixteen floats. */
    static final int ROWS = 64;

    /** All tiles of a batch, those with most keys first so that no thread ends on a long one. */
    static List<QueryTile> of(Attention.Shape shape, PackedSequences sequences) {
        List<QueryTile> tiles = new ArrayList<>();
        for (int s = 0; s < sequences.count(); s++) {
            for (int head = 0; head < shape.keyValueHeads(); head++) {
                tiles.addAll(of(shape, sequences, s, head));
            }
        }
        tiles.sort(Comparator.comparingLong(QueryTile::work).reversed());
        return tiles;
    }

    /** The tiles of one sequence and key/value head, in order of position. */
    static List<QueryTile> of(Attention.Shape shape, PackedSequences sequences, int sequence, int keyValueHead) {
        int start = sequences.start(sequence);
        int length = sequences.length(sequence);
        return split(new QueryTile(shape, start, start, length, keyValueHead, 0, length * shape.group()));
    }

    /** One query for each sequence of a cache of {@code capacity} positions, against the last of its {@code lengths} positions. */
    static List<QueryTile> ofCache(Attention.Shape shape, int capacity, int[] lengths) {
        Attention.Shape full = new Attention.Shape(shape.queryHeads(), shape.keyValueHeads(), shape.headDimension(), shape.scale(), false);
        List<QueryTile> tiles = new ArrayList<>();
        for (int s = 0; s < lengths.length; s++) {
            int seen = shape.window() == 0 ? lengths[s] : Math.min(lengths[s], shape.window());
            int firstKey = Math.addExact(Math.multiplyExact(s, capacity), lengths[s] - seen);
            for (int head = 0; head < shape.keyValueHeads(); head++) {
                tiles.addAll(split(new QueryTile(full, s, firstKey, seen, head, 0, shape.group())));
            }
        }
        tiles.sort(Comparator.comparingLong(QueryTile::work).reversed());
        return tiles;
    }

    private static List<QueryTile> split(QueryTile all) {
        List<QueryTile> tiles = new ArrayList<>();
        for (int row = 0; row < all.rows; row += ROWS) {
            tiles.add(new QueryTile(all.shape, all.firstQuery, all.firstKey, all.length, all.keyValueHead, row,
                Math.min(ROWS, all.rows - row)));
        }
        return tiles;
    }

    private long work() {
        return (long) rows * (end() - begin());
    }

    int position(int row) {
        return (firstRow + row) / shape.group();
    }

    /** Index of a row among all (token, query head) rows of the batch. */
    long index(int row) {
        int head = keyValueHead * shape.group() + (firstRow + row) % shape.group();
        return (long) (firstQuery + position(row)) * shape.queryHeads() + head;
    }

    /** Position of the first key that a row sees, masked keys counted in. */
    int firstSeen(int row) {
        return shape.window() == 0 ? 0 : Math.max(0, position(row) - shape.window() + 1);
    }

    /** Position of the last key that a row sees. */
    int lastSeen(int row) {
        int position = position(row);
        if (shape.causal()) {
            return position;
        }
        return shape.window() == 0 ? length - 1 : (int) Math.min(length - 1, (long) position + shape.window() - 1);
    }

    /** The keys that any row of this tile sees are at positions [begin, end). */
    int begin() {
        return firstSeen(0);
    }

    int end() {
        return lastSeen(rows - 1) + 1;
    }

    /** Whether some row of this tile must not see, for its position, some key of [from, to). */
    boolean hides(int from, int to) {
        return from < firstSeen(rows - 1) || to - 1 > lastSeen(0);
    }

    /** Lanes in use, to whole vectors. */
    int lanes() {
        return Floats.wholeVectors(rows);
    }

    /** The rows of this tile's key/value head in a (T, keyValueHeads, D) array, from position {@code from}. */
    Matrix heads(MemorySegment memory, int from) {
        long stride = (long) shape.keyValueHeads() * shape.headDimension();
        return Matrix.rows(memory, (firstKey + from) * stride + (long) keyValueHead * shape.headDimension(), stride);
    }
}
