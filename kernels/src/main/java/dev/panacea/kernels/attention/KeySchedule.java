package dev.panacea.kernels.attention;

import dev.panacea.kernels.PackedSequences;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * The key tiles of a batch in the order in which blocks take them: long sequences first, and in each by rising position, which is the
 * order of the adds to dQ and, under a causal mask, begins with those that most queries see. It depends on the lengths alone.
 */
final class KeySchedule {
    /** Integers of a tile. */
    static final int ENTRY = 3;

    private KeySchedule() { }

    /** Of each tile of up to {@code keys} keys: its sequence's first token, its sequence's length, its first key's position. */
    static int[] of(PackedSequences sequences, int keys) {
        return IntStream.range(0, sequences.count()).boxed().sorted(Comparator.comparingInt(sequences::length).reversed())
            .flatMapToInt(s -> tiles(sequences.start(s), sequences.length(s), keys)).toArray();
    }

    private static IntStream tiles(int start, int length, int keys) {
        return IntStream.range(0, Math.ceilDiv(length, keys)).flatMap(tile -> IntStream.of(start, length, tile * keys));
    }
}
