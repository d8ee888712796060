package dev.panacea.kernels.logprob;

import dev.panacea.kernels.cuda.ProductGrid;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.MemoryScope;

/**
 * How many rows of a problem go through a CUDA device at once: as many as keep the scratch of a chunk within 256 MB, and 128 at least. It
 * depends on the shape alone. Slices of the second product take 128 MB more at most.
 *
 * @param rows of a chunk
 * @param stride elements of a row of exponentials: the vocabulary, filled up to 16 bytes
 * @param parts of a row, 64 tokens each
 * @param second the product with W, rows by columns
 */
record ChunkPlan(int rows, int stride, int parts, ProductGrid second) {
    /** Scratch that a chunk may take, more than 128 rows' worth of it. */
    static final long MOST_BYTES = 256L << 20;

    private static final int TILE = 128;
    private static final int PART = 64;
    private static final int PACK = 8;

    /** What is computed beside the log-probabilities. */
    enum Wanted {
        NOTHING, DERIVATIVE, GRADIENTS
    }

    /** Scratch of one chunk; what the plan does not want is null. */
    record Memory(Buffer parts, Buffer targetLogits, Buffer exponentials, Buffer slices, Buffer gathered) { }

    static ChunkPlan of(LinearLogProb.Shape shape, Wanted wanted, long mostBytes) {
        int stride = Math.ceilDiv(shape.vocabulary(), PACK) * PACK;
        int parts = Math.ceilDiv(shape.vocabulary(), PART);
        long bytes = 2L * Float.BYTES * parts;
        if (wanted != Wanted.NOTHING) {
            bytes += (long) stride * DType.BF16.bytes() + (long) shape.columns() * Float.BYTES;
        }
        if (wanted == Wanted.GRADIENTS) {
            bytes += (long) shape.columns() * DType.BF16.bytes();
        }
        int most = (int) Math.max(TILE, Math.min(mostBytes / bytes, Integer.MAX_VALUE) / TILE * TILE);
        int even = Math.ceilDiv(shape.rows(), Math.ceilDiv(shape.rows(), most));
        int rows = (int) Math.min(shape.rows(), Math.ceilDiv(even, TILE) * (long) TILE);
        return new ChunkPlan(rows, stride, parts, ProductGrid.of(rows, shape.columns(), shape.vocabulary()));
    }

    Memory allocate(MemoryScope scope, LinearLogProb.Shape shape, Wanted wanted) {
        boolean second = wanted != Wanted.NOTHING;
        return new Memory(scope.allocate("greatest and sum of 64 logits", DType.F32, 2L * rows * parts),
            scope.allocate("logits of targets", DType.F32, rows),
            second ? scope.allocate("exponentials", DType.BF16, (long) rows * stride) : null,
            second ? scope.allocate("slices", DType.F32, this.second.sliceElements()) : null,
            wanted == Wanted.GRADIENTS ? scope.allocate("rows of x", DType.BF16, (long) rows * shape.columns()) : null);
    }
}
