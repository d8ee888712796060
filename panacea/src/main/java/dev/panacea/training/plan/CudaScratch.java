package dev.panacea.training.plan;

import dev.panacea.runtime.DType;
import dev.panacea.transformer.config.LlamaConfig;

/** What CUDA kernels hold. It depends on shapes alone, not on the card. */
final class CudaScratch implements KernelScratch {
    private static final long FLOAT = DType.F32.bytes();
    private static final long HALF = DType.BF16.bytes();
    /** Rows and columns of a tile of a product, and how deep a slice of it is at least. */
    private static final long TILE = 128;
    /** Tiles that are worked on at once; a product of fewer is cut into slices, which are added up. */
    private static final long TILES_AT_ONCE = 216;
    private static final long MOST_SLICES_BYTES = 128L << 20;
    private static final long MOST_CHUNK_BYTES = 320L << 20;
    private static final long LOGITS_OF_A_PART = 64;
    private static final long KEYS_OF_A_TILE = 128;
    /** Ranks are filled up to it. */
    private static final long RANKS = 16;

    private final StepExtent extent;
    private final LlamaConfig config;

    CudaScratch(StepExtent extent, LlamaConfig config) {
        this.extent = extent;
        this.config = config;
    }

    /** h, x·V before it is added up, and both factors with their ranks filled up. */
    @Override
    public long adaptedForward(long inputs, long outputs, long rank) {
        return filled(rank, RANKS) * (extent.rows() * (HALF + FLOAT) + (inputs + outputs) * HALF);
    }

    /** G, h and G ⊙ d, the factors, and their gradients before they are added up. */
    @Override
    public long adaptedBackward(long inputs, long outputs, long rank) {
        return filled(rank, RANKS) * (extent.rows() * (FLOAT + 2 * HALF) + (inputs + outputs) * (HALF + FLOAT));
    }

    @Override
    public long plainForward(long inputs, long outputs) {
        return slices(extent.rows(), outputs, inputs);
    }

    @Override
    public long plainBackward(long inputs, long outputs) {
        return slices(extent.rows(), inputs, outputs);
    }

    private static long slices(long rows, long columns, long depth) {
        long tiles = Math.ceilDiv(rows, TILE) * Math.ceilDiv(columns, TILE);
        long bytes = rows * columns * FLOAT;
        long slices = Math.min(Math.min(TILES_AT_ONCE / tiles, depth / TILE), MOST_SLICES_BYTES / bytes);
        return slices > 1 ? slices * bytes : 0;
    }

    @Override
    public long attentionForward() {
        return 0;
    }

    /** dQ in float32, and two statistics of each query, sequences being filled up to whole tiles. */
    @Override
    public long attentionBackward() {
        long queries = (extent.rows() + extent.sequences() * KEYS_OF_A_TILE / 2) * config.heads();
        return queries * (filled(config.headDim(), 32) + 2) * FLOAT;
    }

    /** Of a chunk of rows: the greatest logit and the sum of each part, and where it differentiates exponentials and their product. */
    @Override
    public long head(boolean differentiates) {
        long vocabulary = config.vocabularySize();
        long row = 2 * FLOAT * Math.ceilDiv(vocabulary, LOGITS_OF_A_PART);
        if (differentiates) {
            row += vocabulary * HALF + config.hiddenSize() * FLOAT;
        }
        long most = Math.max(TILE, MOST_CHUNK_BYTES / row / TILE * TILE);
        long rows = Math.min(extent.rows(), filled(Math.ceilDiv(extent.rows(), Math.ceilDiv(extent.rows(), most)), TILE));
        long product = differentiates ? Math.max(slices(rows, config.hiddenSize(), vocabulary), rows * config.hiddenSize() * FLOAT) : 0;
        return 2 * extent.rows() * FLOAT + rows * (row - (differentiates ? config.hiddenSize() * FLOAT : 0)) + product;
    }

    private static long filled(long count, long unit) {
        return Math.ceilDiv(count, unit) * unit;
    }
}
