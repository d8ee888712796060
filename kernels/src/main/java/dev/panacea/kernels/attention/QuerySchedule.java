package dev.panacea.kernels.attention;

import dev.panacea.kernels.PackedSequences;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The query tiles of a batch in the order in which the blocks of a grid take them: those that see most keys first, so that no
 * multiprocessor ends on a long one. It depends on the shape alone, and so do the bits.
 */
final class QuerySchedule {

    private record Tile(int start, int length, int first, long work) { }

    /** Integers of a tile. */
    static final int ENTRY = 3;

    private QuerySchedule() { }

    /** Of each tile of up to {@code rows} queries: its sequence's first token, its sequence's length, its first query's position. */
    static int[] of(Attention.Shape shape, PackedSequences sequences, int rows) {
        List<Tile> tiles = new ArrayList<>();
        for (int s = 0; s < sequences.count(); s++) {
            int length = sequences.length(s);
            for (int tile = 0; tile < Math.ceilDiv(length, rows); tile++) {
                int first = tile * rows;
                tiles.add(new Tile(sequences.start(s), length, first, seen(shape, length, first, Math.min(length - first, rows))));
            }
        }
        tiles.sort(Comparator.comparingLong(Tile::work).reversed());
        return tiles.stream().flatMapToInt(tile -> IntStream.of(tile.start, tile.length, tile.first)).toArray();
    }

    /** Keys that any of {@code rows} queries from position {@code first} sees. */
    private static long seen(Attention.Shape shape, int length, int first, int rows) {
        long last = (long) first + rows - 1;
        long reach = shape.window() == 0 ? length : shape.window();
        long end = shape.causal() ? last : Math.min(length - 1, last + reach - 1);
        return end - Math.max(0, first - reach + 1) + 1;
    }
}
