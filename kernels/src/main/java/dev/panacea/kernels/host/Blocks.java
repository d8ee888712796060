package dev.panacea.kernels.host;

import dev.panacea.runtime.Workers;

/**
 * A cut of [0, count) into blocks of {@code length}, the last one shorter. It depends on the shape alone, never on the number of
 * threads, so neither do results that are summed block by block.
 */
public record Blocks(long count, long length) {

    /** Elements of a block of a streaming kernel: its few arrays stay in a core's second-level cache, its start-up is lost in it. */
    private static final long STREAM = 1 << 14;

    /** What is done with one block: elements {@code from} (inclusive) to {@code to} (exclusive). */
    @FunctionalInterface
    public interface Body {
        void run(int block, long from, long to);
    }

    public Blocks {
        if (count < 0 || length < 1 || Math.ceilDiv(count, length) > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("cannot cut " + count + " elements into blocks of " + length);
        }
    }

    /** Blocks of an elementwise kernel over {@code count} elements. */
    public static Blocks ofElements(long count) {
        return new Blocks(count, STREAM);
    }

    /** Blocks of whole rows, each about as large as {@link #ofElements} makes them. */
    public static Blocks ofRows(int rows, long columns) {
        return new Blocks(rows, Math.max(1, STREAM / Math.max(1, columns)));
    }

    /** Blocks of whole rows as {@link #ofRows}, but never more than {@code most} of them: for one partial sum a block. */
    public static Blocks ofRows(int rows, long columns, int most) {
        return new Blocks(rows, Math.max(ofRows(rows, columns).length, Math.ceilDiv(rows, most)));
    }

    public int number() {
        return (int) Math.ceilDiv(count, length);
    }

    /** Runs {@code body} for every block on all workers. */
    public void forEach(Workers workers, Body body) {
        workers.forEach(number(), block -> body.run(block, block * length, Math.min(count, (block + 1) * length)));
    }
}
