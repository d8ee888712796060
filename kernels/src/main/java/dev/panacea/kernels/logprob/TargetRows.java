package dev.panacea.kernels.logprob;

import dev.panacea.runtime.HostBuffer;
import java.util.Arrays;

/**
 * The rows that have a target, in order; all others cost nothing.
 *
 * @param rows their numbers
 * @param targets the target of each
 */
record TargetRows(int[] rows, int[] targets) {

    /** @throws IllegalArgumentException naming the first target outside the vocabulary */
    static TargetRows of(LinearLogProb.Shape shape, HostBuffer targets) {
        int[] rows = new int[shape.rows()];
        int[] ids = new int[shape.rows()];
        int active = 0;
        for (int row = 0; row < shape.rows(); row++) {
            int id = targets.getInt(row);
            if (id < LinearLogProb.IGNORED || id >= shape.vocabulary()) {
                throw new IllegalArgumentException("the target of row " + row + " is " + id + ", outside the vocabulary of "
                    + shape.vocabulary());
            }
            if (id != LinearLogProb.IGNORED) {
                rows[active] = row;
                ids[active++] = id;
            }
        }
        return new TargetRows(Arrays.copyOf(rows, active), Arrays.copyOf(ids, active));
    }

    int count() {
        return rows.length;
    }

    /** Chunk {@code index} of all chunks of at most {@code size} rows. */
    TargetRows chunk(int index, int size) {
        int from = index * size;
        int to = Math.min(from + size, count());
        return new TargetRows(Arrays.copyOfRange(rows, from, to), Arrays.copyOfRange(targets, from, to));
    }
}
