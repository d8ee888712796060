package dev.panacea.kernels.logprob;

import dev.panacea.kernels.cuda.ProductCard;
import dev.panacea.kernels.cuda.ProductGrid;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.MemoryScope;

/**
 * How many rows of a problem go through a CUDA device at once, and how the products of such a chunk are cut.
 *
 * @param rows of a chunk
 * @param stride elements of a row of exponentials: the vocabulary, filled up to 16 bytes
 * @param parts of a row, 64 tokens each
 * @param aligned whether the rows of x and W begin at multiples of 16 bytes
 */
record ChunkPlan(LinearLogProb.Shape shape, Wanted wanted, Limits limits, int rows, int stride, int parts, boolean aligned) {
    private static final int TILE = 128;
    private static final int PART = 64;
    private static final int PACK = 8;

    /** What is computed beside the log-probabilities. */
    enum Wanted {
        NOTHING, DERIVATIVE, GRADIENTS
    }

    /**
     * @param chunkBytes scratch that a chunk may take; 128 rows are always one
     * @param card that the products are cut for
     */
    record Limits(long chunkBytes, ProductCard card) {
        /** Slices of the second product take 128 MB more at most. */
        static final Limits USUAL = new Limits(320L << 20, ProductCard.A800);
    }

    /** Scratch of one chunk; what the plan does not want is null. */
    record Memory(Buffer parts, Buffer targetLogits, Buffer exponentials, Buffer slices, Buffer gathered) { }

    /**
     * The plan for a shape, which it depends on alone.
     *
     * @throws IllegalArgumentException without columns or vocabulary, and for x or W of more than 2³⁵ elements
     */
    static ChunkPlan of(LinearLogProb.Shape shape, Wanted wanted, Limits limits, boolean aligned) {
        if (shape.vocabulary() < 1) {
            throw new IllegalArgumentException("no token can be the target: " + shape);
        }
        ProductCard.checkOperand(shape.rows(), shape.columns());
        ProductCard.checkOperand(shape.vocabulary(), shape.columns());
        int stride = Math.ceilDiv(shape.vocabulary(), PACK) * PACK;
        int parts = Math.ceilDiv(shape.vocabulary(), PART);
        long bytes = 2L * Float.BYTES * parts;
        if (wanted != Wanted.NOTHING) {
            bytes += (long) stride * DType.BF16.bytes() + (long) shape.columns() * Float.BYTES;
        }
        if (wanted == Wanted.GRADIENTS) {
            bytes += (long) shape.columns() * DType.BF16.bytes();
        }
        int most = (int) Math.max(TILE, Math.min(limits.chunkBytes / Math.max(bytes, 1), Integer.MAX_VALUE) / TILE * TILE);
        int even = Math.ceilDiv(shape.rows(), Math.ceilDiv(shape.rows(), most));
        int rows = (int) Math.min(shape.rows(), Math.ceilDiv(even, TILE) * (long) TILE);
        return new ChunkPlan(shape, wanted, limits, rows, stride, parts, aligned);
    }

    /** Rows by tokens, summed over columns. */
    ProductGrid logits() {
        return limits.card.whole(rows, shape.vocabulary(), aligned);
    }

    /** Rows by columns, summed over tokens. */
    ProductGrid derivative() {
        return limits.card.sliced(rows, shape.columns(), shape.vocabulary(), aligned);
    }

    /** Tokens by columns, summed over rows. */
    ProductGrid headGradient() {
        return limits.card.whole(shape.vocabulary(), shape.columns(), aligned);
    }

    Memory allocate(MemoryScope scope) {
        boolean second = wanted != Wanted.NOTHING;
        return new Memory(scope.allocate("greatest and sum of 64 logits", DType.F32, 2L * rows * parts),
            scope.allocate("logits of targets", DType.F32, rows),
            second ? scope.allocate("exponentials", DType.BF16, (long) rows * stride) : null,
            second ? scope.allocate("slices", DType.F32, derivative().sliceElements()) : null,
            wanted == Wanted.GRADIENTS ? scope.allocate("rows of x", DType.BF16, (long) rows * shape.columns()) : null);
    }
}
