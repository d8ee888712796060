package dev.panacea.data;

import dev.panacea.runtime.BadInputException;
import java.util.Arrays;

/**
 * Which rows each training step sees. Every row comes once an epoch, in an order drawn anew for each; a batch that the epoch cannot
 * fill is filled from the next. The answer depends on the arguments alone, so a resumed run needs no state of the data.
 */
public final class Batching {

    private record Epoch(long number, int[] order) { }

    private final int rows;
    private final int batchSize;
    private final long seed;
    /** The order used last: steps ask for the same epoch many times over. */
    private volatile Epoch latest;

    /**
     * @param rows in the data set
     * @param batchSize of the global batch, over all ranks
     * @throws BadInputException without rows or with an empty batch
     */
    public Batching(int rows, int batchSize, long seed) {
        if (rows < 1) {
            throw new BadInputException("The data set has no rows to train on.");
        }
        if (batchSize < 1) {
            throw new BadInputException("The batch size must be at least 1, not " + batchSize + ".");
        }
        this.rows = rows;
        this.batchSize = batchSize;
        this.seed = seed;
    }

    /** Row indices of the global batch of {@code step}, counted from 0: [batchSize]. */
    public int[] batch(long step) {
        if (step < 0) {
            throw new IllegalArgumentException("steps are counted from 0, not " + step);
        }
        int[] batch = new int[batchSize];
        long first = Math.multiplyExact(step, batchSize);
        for (int i = 0; i < batchSize; i++) {
            long position = first + i;
            batch[i] = order(position / rows)[(int) (position % rows)];
        }
        return batch;
    }

    /** How many epochs are behind when {@code step} begins. */
    public double epoch(long step) {
        return (double) step * batchSize / rows;
    }

    /** Steps until every row was seen at least once. */
    public long stepsPerEpoch() {
        return Math.ceilDiv((long) rows, batchSize);
    }

    private int[] order(long epoch) {
        Epoch known = latest;
        if (known == null || known.number != epoch) {
            known = new Epoch(epoch, SeededOrder.permutation(rows, SplitMix.mix(seed) ^ epoch));
            latest = known;
        }
        return known.order;
    }

    /**
     * The contiguous part of a global batch that one data-parallel rank works on; the ranks' parts in order are the batch.
     *
     * @throws BadInputException when the batch does not divide by {@code world}
     */
    public static int[] slice(int[] batch, int rank, int world) {
        if (rank < 0 || rank >= world) {
            throw new IllegalArgumentException("rank " + rank + " of " + world);
        }
        if (batch.length % world != 0) {
            throw new BadInputException("A batch of " + batch.length + " rows cannot be shared equally by " + world
                + " processes; choose a batch size that is a multiple of " + world + ".");
        }
        int share = batch.length / world;
        return Arrays.copyOfRange(batch, rank * share, (rank + 1) * share);
    }
}
